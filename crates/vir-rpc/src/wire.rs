//! Values into frames and out of them, with the errors that the other end is told.

use crate::frame::{self, Header};
use vir_base::{Error, Result, err};
use vir_proto::xdr::{Decoder, Encoder, Xdr};

/// Appends an encoded value to `out`.
///
/// # Errors
/// It does not fit on the wire; what was appended of it is to be cut off by the caller.
pub(crate) fn encode<T: Xdr>(out: &mut Vec<u8>, value: &T) -> Result<()> {
    let mut encoder = Encoder::after(std::mem::take(out));
    value.encode(&mut encoder);
    let (bytes, result) = encoder.into_parts();
    *out = bytes;
    result.map_err(|_| err!(Rpc, Rpc, "Unable to encode message payload"))
}

/// Takes a value off a payload. Bytes behind it are ignored: a newer peer may know more fields.
///
/// # Errors
/// It is none.
pub(crate) fn decode<T: Xdr>(payload: &[u8]) -> Result<T> {
    T::decode(&mut Decoder::new(payload)).map_err(|_| err!(Rpc, Rpc, "Unable to decode message payload"))
}

/// Appends a message whose payload is `error`.
pub(crate) fn append_error(out: &mut Vec<u8>, header: &Header, error: &Error) {
    let start = frame::begin(out, header);
    let payload = out.len();
    if encode(out, error).is_err() {
        // Only strings of megabytes do not fit.
        out.truncate(payload);
        let short = Error::new(error.domain(), error.code(), "");
        let _ = encode(out, &short);
    }
    let fits = frame::finish(out, start);
    debug_assert!(fits.is_ok());
}
