//! `key!` tables: a struct with a field for each key of a configuration file, its default, its reading,
//! and whether this driver does what the key asks for.

/// Declares a table of keys. Each row: field (named as the key), type, default, and `served` or
/// `unserved`.
macro_rules! keys {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$doc:meta])* $key:ident : $type:ty = $default:expr, $served:ident; )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $( $(#[$doc])* pub $key: $type, )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $key: $default, )* }
            }
        }

        impl $name {
            /// The names of all keys.
            pub const KEYS: &[&str] = &[$( stringify!($key) ),*];

            /// Reads all keys; those that are not set keep what they have.
            ///
            /// # Errors
            /// A value of the wrong type, or one that the key does not know.
            pub(super) fn read_keys(&mut self, conf: &vir_base::conf::Conf) -> vir_base::Result<()> {
                $(
                    if let Some(value) = <$type as super::value::KeyValue>::read(conf, stringify!($key))? {
                        self.$key = value;
                    }
                )*
                Ok(())
            }

            /// The keys that ask for something other than the default which this driver does not do.
            pub(super) fn asked_in_vain(&self) -> Vec<&'static str> {
                let default = Self::default();
                let mut keys = Vec::new();
                $(
                    if stringify!($served) == "unserved" && self.$key != default.$key {
                        keys.push(stringify!($key));
                    }
                )*
                keys
            }
        }
    };
}

pub(super) use keys;
