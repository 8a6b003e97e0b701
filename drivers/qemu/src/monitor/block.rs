//! Block devices: what is there and how much was read and written.

use super::{Monitor, malformed};
use serde_json::Value;
use std::collections::BTreeMap;
use vir_base::Result;

/// A disk as the guest sees it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct BlockInfo {
    /// Old-style name; empty where disks are given as devices.
    pub device: String,
    /// QEMU's path of the device.
    pub qdev: Option<String>,
    /// The medium can be taken out.
    pub removable: bool,
    /// The guest locked the tray.
    pub locked: bool,
    /// The tray is open; absent where there is none.
    pub tray_open: Option<bool>,
    /// A medium is in.
    pub has_medium: bool,
    /// `failed`, `nospace` when it made the guest stop.
    pub io_status: Option<String>,
}

/// Counters of a node or device. Times in nanoseconds.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[allow(missing_docs)] // the names say it
pub struct BlockStats {
    pub rd_req: u64,
    pub rd_bytes: u64,
    pub rd_total_times: u64,
    pub wr_req: u64,
    pub wr_bytes: u64,
    pub wr_total_times: u64,
    pub flush_req: u64,
    pub flush_total_times: u64,
    /// Size that the guest sees, in bytes.
    pub capacity: u64,
    /// Size that it takes up on the host, in bytes.
    pub physical: u64,
    /// Last byte ever written.
    pub wr_highest_offset: Option<u64>,
}

impl Monitor {
    /// `query-block`, by [`BlockInfo::qdev`]'s last but one name or the device name: the id that
    /// the command line gave the device.
    pub fn query_block(&self) -> Result<BTreeMap<String, BlockInfo>> {
        let reply = self.run("query-block")?;
        let items = reply.as_array().ok_or_else(|| malformed("query-block"))?;
        Ok(items.iter().filter_map(|item| Some((device_id(item)?, block_info(item)))).collect())
    }

    /// `query-blockstats`, by the device's id, and by node name below it.
    pub fn query_blockstats(&self) -> Result<BTreeMap<String, BlockStats>> {
        let reply = self.run("query-blockstats")?;
        let items = reply.as_array().ok_or_else(|| malformed("query-blockstats"))?;
        let mut all = BTreeMap::new();
        for item in items {
            let stats = block_stats(item);
            if let Some(id) = device_id(item) {
                all.insert(id, stats.clone());
            }
            nodes(item, &mut all);
        }
        Ok(all)
    }

    /// `query-named-block-nodes`: (capacity, bytes taken up) by node name.
    pub fn query_block_sizes(&self) -> Result<BTreeMap<String, (u64, Option<u64>)>> {
        let reply = self.execute("query-named-block-nodes", serde_json::json!({"flat": true}))?;
        let items = reply.as_array().ok_or_else(|| malformed("query-named-block-nodes"))?;
        let size = |node: &Value| {
            let image = &node["image"];
            let sizes = (image["virtual-size"].as_u64()?, image["actual-size"].as_u64());
            Some((node["node-name"].as_str()?.to_owned(), sizes))
        };
        Ok(items.iter().filter_map(size).collect())
    }
}

/// The id that a device was made with: `device`, or from the path `/machine/peripheral/ID/…`.
fn device_id(item: &Value) -> Option<String> {
    if let Some(name) = item["device"].as_str().filter(|n| !n.is_empty()) {
        return Some(name.strip_prefix("drive-").unwrap_or(name).to_owned());
    }
    let path = item["qdev"].as_str()?;
    let path = path.strip_prefix("/machine/peripheral/").unwrap_or(path);
    Some(path.split('/').next().unwrap_or(path).to_owned())
}

fn block_info(item: &Value) -> BlockInfo {
    let flag = |name: &str| item[name].as_bool().unwrap_or(false);
    BlockInfo {
        device: item["device"].as_str().unwrap_or_default().to_owned(),
        qdev: item["qdev"].as_str().map(str::to_owned),
        removable: flag("removable"),
        locked: flag("locked"),
        tray_open: item["tray_open"].as_bool(),
        has_medium: item["inserted"].is_object(),
        io_status: item["io-status"].as_str().map(str::to_owned),
    }
}

fn block_stats(item: &Value) -> BlockStats {
    let stats = &item["stats"];
    let count = |name: &str| stats[name].as_u64().unwrap_or(0);
    BlockStats {
        rd_req: count("rd_operations"),
        rd_bytes: count("rd_bytes"),
        rd_total_times: count("rd_total_time_ns"),
        wr_req: count("wr_operations"),
        wr_bytes: count("wr_bytes"),
        wr_total_times: count("wr_total_time_ns"),
        flush_req: count("flush_operations"),
        flush_total_times: count("flush_total_time_ns"),
        capacity: 0,
        physical: 0,
        wr_highest_offset: item["parent"]["stats"]["wr_highest_offset"]
            .as_u64()
            .or_else(|| stats["wr_highest_offset"].as_u64()),
    }
}

fn nodes(item: &Value, all: &mut BTreeMap<String, BlockStats>) {
    if let Some(node) = item["node-name"].as_str() {
        all.entry(node.to_owned()).or_insert_with(|| block_stats(item));
    }
    for child in ["parent", "backing"] {
        if item[child].is_object() {
            nodes(&item[child], all);
        }
    }
}
