import ipaddr from 'ipaddr.js'

/** Whether a host always means this machine: `localhost`, 127.0.0.0/8 or ::1, also as `[::1]`. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (name === 'localhost') return true
  return ipaddr.isValid(name) && ipaddr.process(name).range() === 'loopback'
}
