//! JSON as it stands in a document, with its texts where they stand: reading one is most of what clients
//! wait for while a program takes over, and a tree that owns every name would take several times as long.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::borrow::Cow;
use std::fmt;

/// What most objects of a document have room for at once.
const MEMBERS: usize = 8;

/// A value.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value<'t> {
    /// Nothing.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number from 0.
    Unsigned(u64),
    /// A number below 0.
    Negative(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    String(Cow<'t, str>),
    /// Values in a row.
    Array(Vec<Value<'t>>),
    /// Values by name.
    Object(Object<'t>),
}

/// The members of an object, in the order in which they stand there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object<'t>(Vec<(Cow<'t, str>, Value<'t>)>);

impl<'t> Value<'t> {
    /// A number from 0 to 2⁶⁴-1.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Value::Unsigned(number) => Some(*number),
            _ => None,
        }
    }

    /// A number from -2⁶³ to 2⁶³-1.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Unsigned(number) => i64::try_from(*number).ok(),
            Value::Negative(number) => Some(*number),
            _ => None,
        }
    }

    /// A truth value.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// Text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Values in a row.
    pub fn as_array(&self) -> Option<&[Value<'t>]> {
        match self {
            Value::Array(values) => Some(values),
            _ => None,
        }
    }

    /// Values by name.
    pub fn as_object(&self) -> Option<&Object<'t>> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// A member, if it is an object and has it.
    pub fn get(&self, name: &str) -> Option<&Value<'t>> {
        self.as_object()?.get(name)
    }

    /// The same apart from the text that it was read from.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(truth) => Value::Bool(truth),
            Value::Unsigned(number) => Value::Unsigned(number),
            Value::Negative(number) => Value::Negative(number),
            Value::Float(number) => Value::Float(number),
            Value::String(text) => Value::String(Cow::Owned(text.into_owned())),
            Value::Array(values) => Value::Array(values.into_iter().map(Value::into_owned).collect()),
            Value::Object(object) => Value::Object(object.into_owned()),
        }
    }
}

impl<'t> Object<'t> {
    /// With these members.
    pub fn of<const N: usize>(members: [(&'static str, Value<'t>); N]) -> Self {
        Self(members.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect())
    }

    /// Reads one.
    ///
    /// # Errors
    /// Where the text is no JSON, or no object.
    pub fn parse(text: &'t [u8]) -> serde_json::Result<Self> {
        match serde_json::from_slice(text)? {
            Value::Object(object) => Ok(object),
            _ => Err(serde_json::Error::custom("it is no JSON object")),
        }
    }

    /// A member; the last one of those that have the name.
    pub fn get(&self, name: &str) -> Option<&Value<'t>> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Puts a member at the end, or in the place of the one of that name.
    pub fn insert(&mut self, name: &'static str, value: impl Into<Value<'t>>) {
        let value = value.into();
        match self.0.iter_mut().rev().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((Cow::Borrowed(name), value)),
        }
    }

    /// Takes a member out, and all others of its name.
    pub fn remove(&mut self, name: &str) -> Option<Value<'t>> {
        let mut found = None;
        while let Some(at) = self.0.iter().rposition(|(known, _)| known == name) {
            let (_, value) = self.0.remove(at);
            found.get_or_insert(value);
        }
        found
    }

    /// All members, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<'t>)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// The same apart from the text that it was read from.
    pub fn into_owned(self) -> Object<'static> {
        let owned =
            |(name, value): (Cow<'t, str>, Value<'t>)| (Cow::Owned(name.into_owned()), value.into_owned());
        Object(self.0.into_iter().map(owned).collect())
    }
}

macro_rules! from {
    ($($from:ty => $made:expr),* $(,)?) => {
        $(impl<'t> From<$from> for Value<'t> {
            fn from(value: $from) -> Self {
                let make: fn($from) -> Self = $made;
                make(value)
            }
        })*
    };
}

from! {
    bool => Value::Bool,
    u32 => |number| Value::Unsigned(number.into()),
    u64 => Value::Unsigned,
    i32 => |number| i64::from(number).into(),
    i64 => |number| u64::try_from(number).map_or(Value::Negative(number), Value::Unsigned),
    String => |text| Value::String(Cow::Owned(text)),
    &'t str => |text| Value::String(Cow::Borrowed(text)),
    Cow<'t, str> => Value::String,
    Object<'t> => Value::Object,
}

impl<'t, T: Into<Value<'t>>> From<Vec<T>> for Value<'t> {
    fn from(values: Vec<T>) -> Self {
        values.into_iter().collect()
    }
}

impl<'t, T: Into<Value<'t>>> FromIterator<T> for Value<'t> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Value::Array(values.into_iter().map(Into::into).collect())
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => to.serialize_unit(),
            Value::Bool(truth) => to.serialize_bool(*truth),
            Value::Unsigned(number) => to.serialize_u64(*number),
            Value::Negative(number) => to.serialize_i64(*number),
            Value::Float(number) => to.serialize_f64(*number),
            Value::String(text) => to.serialize_str(text),
            Value::Array(values) => to.collect_seq(values),
            Value::Object(object) => object.serialize(to),
        }
    }
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value<'de>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Value::Unsigned(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Value::Float(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Value::String(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::String(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(Name(name)) = items.next_key()? {
            if members.is_empty() {
                members.reserve_exact(MEMBERS);
            }
            members.push((name, items.next_value()?));
        }
        Ok(Value::Object(Object(members)))
    }
}

/// A member's name, where it stands in the text.
struct Name<'t>(Cow<'t, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match AnyValue.visit_name(from)? {
            Value::String(name) => Ok(Self(name)),
            _ => Err(D::Error::custom("a member's name is no text")),
        }
    }
}

impl AnyValue {
    fn visit_name<'de, D: Deserializer<'de>>(self, from: D) -> Result<Value<'de>, D::Error> {
        from.deserialize_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"a":[1,-2,0.5,true,null],"b\n":"c\"d","e":{"f":"g"},"big":18446744073709551615}"#;

    #[test]
    fn it_comes_back_in_the_same_order() {
        let object = Object::parse(TEXT.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&object).unwrap(), TEXT);
        assert_eq!(object.clone().into_owned(), object);
        assert_eq!(object.get("b\n").and_then(Value::as_str), Some("c\"d"));
        assert_eq!(object.get("big").and_then(Value::as_u64), Some(u64::MAX));
        assert_eq!(object.get("big").and_then(Value::as_i64), None);
        let numbers = object.get("a").and_then(Value::as_array).unwrap();
        assert_eq!(
            (numbers[0].as_i64(), numbers[1].as_i64(), numbers[1].as_u64()),
            (Some(1), Some(-2), None)
        );
    }

    #[test]
    fn the_last_of_a_name_counts() {
        let mut object = Object::parse(br#"{"a":1,"b":2,"a":3}"#).unwrap();
        assert_eq!(object.get("a").and_then(Value::as_u64), Some(3));
        object.insert("b", "x");
        assert_eq!(object.remove("a"), Some(Value::Unsigned(3)));
        assert_eq!(serde_json::to_string(&object).unwrap(), r#"{"b":"x"}"#);
    }

    #[test]
    fn texts_stay_where_they_stand() {
        let object = Object::parse(br#"{"a":"b"}"#).unwrap();
        assert!(matches!(&object.0[..], [(Cow::Borrowed("a"), Value::String(Cow::Borrowed("b")))]));
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in ["", "1", "[]", "{", "{\"a\":1}x"] {
            assert!(Object::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
