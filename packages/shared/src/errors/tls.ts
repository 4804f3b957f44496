const UNKNOWN = [
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]

const OTHERS: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name than the one in the address',
  CERT_HAS_EXPIRED: 'its certificate has expired, and is to be renewed there',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet, or a clock is wrong',
}

/**
 * What to do about a certificate that was not accepted, and what Node says of it. Any other error is handed back as
 * it is.
 * @param variable the one that names the authorities which are trusted
 */
export function withTlsAdvice(error: unknown, variable: string): unknown {
  const { code = '', message } = (error ?? {}) as { code?: string; message?: string }
  const advice = UNKNOWN.includes(code)
    ? `its certificate is by an authority that is not known here, which ${variable} can name`
    : Object.hasOwn(OTHERS, code) && OTHERS[code]
  return advice ? new Error(`the server is not trusted: ${advice} (${message})`) : error
}
