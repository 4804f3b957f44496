const UNKNOWN_AUTHORITY = [
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]

const OTHER_FAULTS: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another name than the host name in the address',
  CERT_HAS_EXPIRED: 'its certificate has expired; renew the certificate on the server',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; check the clocks of both hosts',
}

/**
 * Adds advice to an error about a server's certificate. The message keeps Node's text. Returns any other error
 * unchanged.
 * @param variable environment variable that lists the trusted certificate authorities
 */
export function withTlsAdvice(error: unknown, variable: string): unknown {
  const { code = '', message } = (error ?? {}) as { code?: string; message?: string }
  const advice = UNKNOWN_AUTHORITY.includes(code)
    ? `its certificate is from an unknown authority; add that authority to ${variable}`
    : Object.hasOwn(OTHER_FAULTS, code) && OTHER_FAULTS[code]
  return advice ? new Error(`The server is not trusted: ${advice} (${message})`) : error
}
