//! The values in the server's dicts and lists. How deep lists are nested is limited: recursive
//! functions encode, decode, copy and drop a value, and a stack overflow ends the process: the
//! server, and with it the data of all clients.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, SeqAccess, VariantAccess, Visitor,
};
use serde::{Deserialize, Serialize};

/// How many lists deep a value may be nested, at the most.
pub const DEEPEST: usize = 128;

/// A value in a dict or a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Value {
    /// A number.
    Number(i64),
    /// A list within a dict or a list. A client gets a copy of the whole list.
    List(Vec<Value>),
}

impl Value {
    /// Returns the number, if it is one.
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::List(_) => None,
        }
    }

    /// Tells whether lists are nested deeper than [`DEEPEST`], without recursion.
    pub(super) fn is_too_deep(&self) -> bool {
        let mut level = vec![self];
        for _ in 0..DEEPEST {
            level = level.into_iter().flat_map(Self::items).collect();
            if level.is_empty() {
                return false;
            }
        }
        level.iter().any(|value| matches!(value, Self::List(_)))
    }

    fn items(&self) -> &[Self] {
        match self {
            Self::Number(_) => &[],
            Self::List(items) => items,
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    /// Decodes a value, and refuses one that is nested more than one list deeper than [`DEEPEST`].
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Nested(DEEPEST + 1).deserialize(from)
    }
}

/// A value in which this many lists may be nested.
struct Nested(usize);

/// The items of a list, in each of which this many lists may be nested.
struct Items(usize);

/// The kind of a value, as the derived `Serialize` writes it.
#[derive(Deserialize)]
enum Kind {
    Number,
    List,
}

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_enum("Value", &["Number", "List"], self)
    }
}

impl<'de> Visitor<'de> for Nested {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a number or a list, nested {DEEPEST} deep at the most")
    }
    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Value, A::Error> {
        match (data.variant()?, self.0.checked_sub(1)) {
            ((Kind::Number, content), _) => content.newtype_variant().map(Value::Number),
            ((Kind::List, content), Some(deeper)) => {
                content.newtype_variant_seed(Items(deeper)).map(Value::List)
            }
            ((Kind::List, _), None) => Err(A::Error::custom("a value that is nested too deep")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Items {
    type Value = Vec<Value>;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<Value>, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items {
    type Value = Vec<Value>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Vec<Value>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = from.next_element_seed(Nested(self.0))? {
            items.push(item);
        }
        Ok(items)
    }
}
