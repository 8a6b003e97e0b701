//! What QEMU counts while a guest runs, beside its blocks and its memory.

use super::{Monitor, malformed};
use serde_json::json;
use vir_base::Result;

/// How fast a guest writes to its memory, when that was measured last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirtyRate {
    /// `virDomainDirtyRateStatus`.
    pub status: i32,
    /// When it began, in seconds of the host's uptime.
    pub start: i64,
    /// How long it takes, in seconds.
    pub period: i32,
    /// How: `page-sampling`, ….
    pub mode: String,
    /// The result, in MiB a second.
    pub mib_per_second: Option<i64>,
}

impl Monitor {
    /// `query-stats`: the nanoseconds for which KVM polled idle processors, with success and without.
    pub fn query_halt_polling(&self) -> Result<(u64, u64)> {
        const NAMES: [&str; 2] = ["halt_poll_success_ns", "halt_poll_fail_ns"];
        let args = json!({"target": "vcpu", "providers": [{"provider": "kvm", "names": NAMES}]});
        let answer = self.execute("query-stats", args)?;
        let vcpus = answer.as_array().ok_or_else(|| malformed("query-stats"))?;
        let mut sums = [0u64; 2];
        for vcpu in vcpus {
            let stats = vcpu["stats"].as_array().ok_or_else(|| malformed("query-stats"))?;
            for (sum, name) in sums.iter_mut().zip(NAMES) {
                let found = stats.iter().find(|stat| stat["name"] == name);
                let value = found.and_then(|stat| stat["value"].as_u64());
                *sum = sum.saturating_add(value.ok_or_else(|| malformed("query-stats"))?);
            }
        }
        Ok((sums[0], sums[1]))
    }

    /// `query-dirty-rate`.
    pub fn query_dirty_rate(&self) -> Result<DirtyRate> {
        let answer = self.run("query-dirty-rate")?;
        let words = ["unstarted", "measuring", "measured"];
        let status = words.iter().position(|word| answer["status"] == *word);
        let number = |name: &str| answer[name].as_i64().ok_or_else(|| malformed("query-dirty-rate"));
        let status = status.ok_or_else(|| malformed("query-dirty-rate"))? as i32;
        Ok(DirtyRate {
            status,
            start: number("start-time")?,
            period: i32::try_from(number("calc-time")?).unwrap_or(i32::MAX),
            mode: answer["mode"].as_str().unwrap_or("page-sampling").to_owned(),
            mib_per_second: if status == 2 { Some(number("dirty-rate")?) } else { None },
        })
    }
}
