//! Migration: how a guest's state gets out to a descriptor and in from one.

use super::{Monitor, malformed};
use serde_json::{Map, Value, json};
use vir_base::Result;

/// How far a migration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // QEMU's own words
pub enum MigrateStatus {
    None,
    Setup,
    Active,
    PreSwitchover,
    Device,
    PostcopyActive,
    PostcopyPaused,
    Cancelling,
    Cancelled,
    Failed,
    Completed,
    /// A word that we do not know.
    Other,
}

impl MigrateStatus {
    /// From QEMU's word, in an event or an answer.
    pub fn from_word(word: &str) -> Self {
        match word {
            "none" => Self::None,
            "setup" | "wait-unplug" => Self::Setup,
            "active" => Self::Active,
            "pre-switchover" => Self::PreSwitchover,
            "device" => Self::Device,
            "postcopy-active" | "postcopy-device" => Self::PostcopyActive,
            "postcopy-paused" => Self::PostcopyPaused,
            "cancelling" => Self::Cancelling,
            "cancelled" => Self::Cancelled,
            "failed" | "failing" => Self::Failed,
            "completed" => Self::Completed,
            _ => Self::Other,
        }
    }
}

/// What `query-migrate` says. Sizes in bytes, times in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub struct MigrationInfo {
    pub status: MigrateStatus,
    pub error: Option<String>,
    pub total_time: u64,
    pub downtime: Option<u64>,
    pub setup_time: Option<u64>,
    pub ram_total: u64,
    pub ram_remaining: u64,
    pub ram_transferred: u64,
    pub ram_bps: u64,
    pub ram_duplicate: u64,
    pub ram_normal: u64,
    pub ram_normal_bytes: u64,
    pub ram_dirty_rate: u64,
    pub ram_iteration: u64,
    pub ram_page_size: u64,
}

impl Monitor {
    /// `migrate`: sends the state to `uri` (`fd:NAME`, `file:PATH`). It goes on in the background;
    /// `MIGRATION` events tell how far it is once the `events` capability is on.
    pub fn migrate(&self, uri: &str) -> Result<()> {
        self.execute("migrate", json!({"uri": uri, "detach": true})).map(drop)
    }

    /// `migrate-incoming`: takes the state from `uri`, when QEMU was started with `defer`.
    pub fn migrate_incoming(&self, uri: &str) -> Result<()> {
        self.execute("migrate-incoming", json!({"uri": uri})).map(drop)
    }

    /// `migrate_cancel`.
    pub fn migrate_cancel(&self) -> Result<()> {
        self.run("migrate_cancel").map(drop)
    }

    /// `query-migrate`.
    pub fn query_migrate(&self) -> Result<MigrationInfo> {
        let reply = self.run("query-migrate")?;
        if !reply.is_object() {
            return Err(malformed("query-migrate"));
        }
        let count = |value: &Value| value.as_u64().unwrap_or(0);
        let ram = &reply["ram"];
        Ok(MigrationInfo {
            status: MigrateStatus::from_word(reply["status"].as_str().unwrap_or("none")),
            error: reply["error-desc"].as_str().map(str::to_owned),
            total_time: count(&reply["total-time"]),
            downtime: reply["downtime"].as_u64().or_else(|| reply["expected-downtime"].as_u64()),
            setup_time: reply["setup-time"].as_u64(),
            ram_total: count(&ram["total"]),
            ram_remaining: count(&ram["remaining"]),
            ram_transferred: count(&ram["transferred"]),
            ram_bps: (ram["mbps"].as_f64().unwrap_or(0.0) * 1_000_000.0 / 8.0) as u64,
            ram_duplicate: count(&ram["duplicate"]),
            ram_normal: count(&ram["normal"]),
            ram_normal_bytes: count(&ram["normal-bytes"]),
            ram_dirty_rate: count(&ram["dirty-pages-rate"]),
            ram_iteration: count(&ram["dirty-sync-count"]),
            ram_page_size: count(&ram["page-size"]),
        })
    }

    /// `migrate-set-parameters`.
    pub fn migrate_set_parameters(&self, parameters: Map<String, Value>) -> Result<()> {
        self.execute("migrate-set-parameters", Value::Object(parameters)).map(drop)
    }

    /// `migrate-set-capabilities`: switches each named capability on or off.
    pub fn migrate_set_capabilities(&self, capabilities: &[(&str, bool)]) -> Result<()> {
        let list: Vec<Value> =
            capabilities.iter().map(|(name, on)| json!({"capability": name, "state": on})).collect();
        self.execute("migrate-set-capabilities", json!({"capabilities": list})).map(drop)
    }

    /// `query-migrate-capabilities`: the names of those that QEMU knows.
    pub fn query_migrate_capabilities(&self) -> Result<Vec<String>> {
        let reply = self.run("query-migrate-capabilities")?;
        let items = reply.as_array().ok_or_else(|| malformed("query-migrate-capabilities"))?;
        Ok(items.iter().filter_map(|c| c["capability"].as_str().map(str::to_owned)).collect())
    }
}
