//! The coding of what vir-base defines: references, typed parameters, errors.

use crate::xdr::{Decoder, Encoder, Xdr, XdrError};
use vir_base::error::{Error, ErrorData};
use vir_base::refs::*;
use vir_base::{TypedParam, TypedValue};

macro_rules! fields {
    ($($name:ident { $($field:ident),* })*) => {
        $(impl Xdr for $name {
            fn encode(&self, e: &mut Encoder) {
                $(self.$field.encode(e);)*
            }

            fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {
                Ok(Self { $($field: Xdr::decode(d)?,)* })
            }
        })*
    };
}

fields! {
    DomainRef { name, uuid, id }
    NetworkRef { name, uuid }
    NetworkPortRef { net, uuid }
    NwfilterRef { name, uuid }
    NwfilterBindingRef { portdev, filtername }
    InterfaceRef { name, mac }
    StoragePoolRef { name, uuid }
    StorageVolRef { pool, name, key }
    NodeDeviceRef { name }
    SecretRef { uuid, usage_type, usage_id }
    DomainCheckpointRef { name, dom }
    DomainSnapshotRef { name, dom }
}

impl Xdr for TypedParam {
    fn encode(&self, e: &mut Encoder) {
        self.field.encode(e);
        self.value.kind().encode(e);
        match &self.value {
            TypedValue::Int(v) => v.encode(e),
            TypedValue::Uint(v) => v.encode(e),
            TypedValue::Llong(v) => v.encode(e),
            TypedValue::Ullong(v) => v.encode(e),
            TypedValue::Double(v) => v.encode(e),
            TypedValue::Boolean(v) => i32::from(*v).encode(e),
            TypedValue::String(v) => v.encode(e),
        }
    }

    fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {
        let field = String::decode(d)?;
        let value = match i32::decode(d)? {
            1 => TypedValue::Int(Xdr::decode(d)?),
            2 => TypedValue::Uint(Xdr::decode(d)?),
            3 => TypedValue::Llong(Xdr::decode(d)?),
            4 => TypedValue::Ullong(Xdr::decode(d)?),
            5 => TypedValue::Double(Xdr::decode(d)?),
            // the wire has an int here: any other number than 0 is true
            6 => TypedValue::Boolean(i32::decode(d)? != 0),
            7 => TypedValue::String(Xdr::decode(d)?),
            other => return Err(XdrError::BadValue(other)),
        };
        Ok(Self { field, value })
    }
}

/// `virNetMessageError`: the payload of a reply that says no.
impl Xdr for Error {
    fn encode(&self, e: &mut Encoder) {
        let data = self.data();
        data.code.encode(e);
        data.domain.encode(e);
        data.message.encode(e);
        data.level.encode(e);
        data.dom.encode(e);
        data.str1.encode(e);
        data.str2.encode(e);
        data.str3.encode(e);
        data.int1.encode(e);
        data.int2.encode(e);
        data.net.encode(e);
    }

    fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {
        Ok(Error::from_data(ErrorData {
            code: Xdr::decode(d)?,
            domain: Xdr::decode(d)?,
            message: Xdr::decode(d)?,
            level: Xdr::decode(d)?,
            dom: Xdr::decode(d)?,
            str1: Xdr::decode(d)?,
            str2: Xdr::decode(d)?,
            str3: Xdr::decode(d)?,
            int1: Xdr::decode(d)?,
            int2: Xdr::decode(d)?,
            net: Xdr::decode(d)?,
            hint: None,
        }))
    }
}
