//! Object properties, devices and memory.

use super::{Monitor, malformed};
use serde_json::{Value, json};
use vir_base::Result;

impl Monitor {
    /// `qom-get`.
    pub fn qom_get(&self, path: &str, property: &str) -> Result<Value> {
        self.execute("qom-get", json!({"path": path, "property": property}))
    }

    /// `qom-set`.
    pub fn qom_set(&self, path: &str, property: &str, value: Value) -> Result<()> {
        self.execute("qom-set", json!({"path": path, "property": property, "value": value})).map(drop)
    }

    /// `qom-list`: (name, type) of the properties of an object.
    pub fn qom_list(&self, path: &str) -> Result<Vec<(String, String)>> {
        let reply = self.execute("qom-list", json!({"path": path}))?;
        let items = reply.as_array().ok_or_else(|| malformed("qom-list"))?;
        let pair = |p: &Value| Some((p["name"].as_str()?.to_owned(), p["type"].as_str()?.to_owned()));
        items.iter().map(|p| pair(p).ok_or_else(|| malformed("qom-list"))).collect()
    }

    /// The devices with a name that it has.
    pub fn devices(&self) -> Result<Vec<String>> {
        let all = self.qom_list("/machine/peripheral")?;
        Ok(all.into_iter().filter(|(_, kind)| kind.starts_with("child<")).map(|(name, _)| name).collect())
    }

    /// `qom-list-types`: the names of all object types, abstract ones too.
    pub fn qom_list_types(&self) -> Result<Vec<String>> {
        let reply = self.run("qom-list-types")?;
        let items = reply.as_array().ok_or_else(|| malformed("qom-list-types"))?;
        Ok(items.iter().filter_map(|t| t["name"].as_str().map(str::to_owned)).collect())
    }

    /// `query-balloon`: what the guest has now, in bytes; `None` without an active balloon.
    pub fn query_balloon(&self) -> Result<Option<u64>> {
        match self.raw("query-balloon", None, None)? {
            Ok(reply) => Ok(Some(reply["actual"].as_u64().ok_or_else(|| malformed("query-balloon"))?)),
            Err(refusal) if matches!(refusal.class.as_str(), "DeviceNotActive" | "KVMMissingCap") => Ok(None),
            Err(refusal) => Err(super::refused("query-balloon", &refusal)),
        }
    }

    /// `set_password`: what a display asks its clients for.
    pub fn set_password(&self, protocol: &str, password: &str) -> Result<()> {
        let args = json!({"protocol": protocol, "password": password});
        match self.raw("set_password", args.as_object().cloned(), None)? {
            Ok(_) => Ok(()),
            Err(refusal) => Err(super::refused("set_password", &refusal)),
        }
    }

    /// `balloon`: asks the guest to make do with so many bytes; false without an active balloon.
    pub fn balloon(&self, bytes: u64) -> Result<bool> {
        match self.raw("balloon", json!({"value": bytes}).as_object().cloned(), None)? {
            Ok(_) => Ok(true),
            Err(refusal) if matches!(refusal.class.as_str(), "DeviceNotActive" | "KVMMissingCap") => {
                Ok(false)
            }
            Err(refusal) => Err(super::refused("balloon", &refusal)),
        }
    }
}
