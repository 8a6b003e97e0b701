//! The job that a domain is busy with.

use crate::args::Args;
use crate::domain::{Domain, call};
use crate::failure::{Context, Outcome};
use crate::grammar::{Command, domain, domains, flag};
use crate::number::pretty_size;
use crate::shell::Shell;
use crate::stats::plain_text;
use vir_api::constants::*;
use vir_base::typed;
use vir_base::{ErrorCode, TypedParam, TypedValue};

/// `domjobabort`: abort active domain job.
pub(crate) const DOMJOBABORT: Command = Command::new("domjobabort", "abort active domain job")
    .describe("Aborts the currently running domain job")
    .options(&[domain(domains::ACTIVE), flag("postcopy", "interrupt post-copy migration")])
    .run(abort);

/// `domjobinfo`: domain job information.
pub(crate) const DOMJOBINFO: Command = Command::new("domjobinfo", "domain job information")
    .describe("Returns information about jobs running on a domain.")
    .options(&[
        domain(domains::ACTIVE),
        flag("completed", "return statistics of a recently completed job"),
        flag("keep-completed", "don't destroy statistics of a recently completed job when reading"),
        flag("anystats", "print statistics for any kind of job (even failed ones)"),
        flag("rawstats", "print the raw data returned by libvirt"),
    ])
    .run(info);

fn abort(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    Ok(match args.has("postcopy") {
        true => call!(dom.domain_abort_job_flags(VIR_DOMAIN_ABORT_JOB_POSTCOPY)),
        false => call!(dom.domain_abort_job()),
    }?)
}

/// How a statistic is shown.
enum Show {
    /// Padded to 12, with a unit.
    Count(&'static str),
    /// As a size, with what follows the unit.
    Size(&'static str),
    /// As a size, only if it is not 0.
    Rate,
}

type Line = (&'static str, &'static str, Show);

const MEMORY: [Line; 5] = [
    ("memory_bps", "Memory bandwidth:", Show::Rate),
    ("memory_dirty_rate", "Dirty rate:", Show::Count(" pages/s")),
    ("memory_page_size", "Page size:", Show::Count(" bytes")),
    ("memory_iteration", "Iteration:", Show::Count("")),
    ("memory_postcopy_requests", "Postcopy requests:", Show::Count("")),
];

const DISK: [Line; 1] = [("disk_bps", "File bandwidth:", Show::Rate)];

const PAGES: [Line; 3] = [
    ("memory_constant", "Constant pages:", Show::Count("")),
    ("memory_normal", "Normal pages:", Show::Count("")),
    ("memory_normal_bytes", "Normal data:", Show::Size("")),
];

const REST: [Line; 4] = [
    ("downtime_net", "Downtime w/o network:", Show::Count(" ms")),
    ("setup_time", "Setup time:", Show::Count(" ms")),
    ("compression_cache", "Compression cache:", Show::Size("")),
    ("compression_bytes", "Compressed data:", Show::Size("")),
];

const COMPRESSION: [(&str, &str); 4] = [
    ("compression_pages", "Compressed pages:"),
    ("compression_cache_misses", "Compression cache misses:"),
    ("compression_overflow", "Compression overflows:"),
    ("auto_converge_throttle", "Auto converge throttle:"),
];

const TEMPORARY: [Line; 2] = [
    ("disk_temp_used", "Temporary disk space use:", Show::Size("")),
    ("disk_temp_total", "Temporary disk space total:", Show::Size("")),
];

struct Report {
    text: String,
    params: Vec<TypedParam>,
}

impl Report {
    fn number(&self, name: &str) -> Option<u64> {
        match typed::get(&self.params, name)? {
            TypedValue::Ullong(value) => Some(*value),
            TypedValue::Int(value) => u64::try_from(*value).ok(),
            _ => None,
        }
    }

    fn line(&mut self, label: &str, value: impl std::fmt::Display) {
        self.text.push_str(&format!("{label:<17} {value}\n"));
    }

    fn size(&mut self, label: &str, bytes: u64, after: &str) {
        let (value, unit) = pretty_size(bytes);
        self.line(label, format!("{value:.3} {unit}{after}"));
    }

    fn lines(&mut self, lines: &[Line]) {
        for (name, label, show) in lines {
            match (self.number(name), show) {
                (None, _) | (Some(0), Show::Rate) => {}
                (Some(value), Show::Count(unit)) => self.line(label, format!("{value:<12}{unit}")),
                (Some(bytes), Show::Size(after)) => self.size(label, bytes, after),
                (Some(bytes), Show::Rate) => self.size(label, bytes, "/s"),
            }
        }
    }

    /// Processed, remaining and total, if any of them is known. True if so.
    fn amounts(&mut self, what: &str, prefix: &str) -> bool {
        let amounts = ["processed", "remaining", "total"]
            .map(|name| self.number(&format!("{prefix}_{name}")).unwrap_or(0));
        let known = amounts != [0; 3];
        if known {
            for (name, bytes) in ["processed", "remaining", "total"].iter().zip(amounts) {
                self.size(&format!("{what} {name}:"), bytes, "");
            }
        }
        known
    }
}

fn info(shell: &mut Shell, args: &Args) -> Outcome {
    args.requires("keep-completed", "completed")?;
    let dom = Domain::find(shell, args)?;
    let completed = args.has("completed");
    let keep = if args.has("keep-completed") { VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED } else { 0 };
    let flags = keep | if completed { VIR_DOMAIN_JOB_STATS_COMPLETED } else { 0 };
    let (kind, params) = match call!(dom.domain_get_job_stats(flags)) {
        Ok(stats) => (stats.kind, stats.params),
        Err(error) if error.code() != ErrorCode::NoSupport => return Err(error.into()),
        Err(error) if flags != 0 || args.has("rawstats") => {
            return Err(error).context(|| "Optional flags or --rawstats are not supported by the daemon");
        }
        Err(_) => old_statistics(&dom)?,
    };
    if args.has("rawstats") {
        let lines = params.iter().map(|param| format!("{}: {}\n", param.field, plain_text(&param.value)));
        shell.out.print(format!("Job type: {kind}\n\n{}", lines.collect::<String>()));
        return Ok(());
    }
    let report = Report { text: String::new(), params };
    shell.out.print(describe(report, kind, completed, args.has("anystats")));
    Ok(())
}

/// What the older call tells, under the names of the newer one.
fn old_statistics(dom: &Domain) -> Outcome<(i32, Vec<TypedParam>)> {
    let old = call!(dom.domain_get_job_info())?;
    let params = [
        ("time_elapsed", old.time_elapsed),
        ("time_remaining", old.time_remaining),
        ("data_total", old.data_total),
        ("data_processed", old.data_processed),
        ("data_remaining", old.data_remaining),
        ("memory_total", old.mem_total),
        ("memory_processed", old.mem_processed),
        ("memory_remaining", old.mem_remaining),
        ("disk_total", old.file_total),
        ("disk_processed", old.file_processed),
        ("disk_remaining", old.file_remaining),
    ];
    Ok((old.kind, params.map(|(name, value)| TypedParam::new(name, value)).to_vec()))
}

fn describe(mut report: Report, kind: i32, completed: bool, any: bool) -> String {
    const KINDS: [&str; 6] = ["None", "Bounded", "Unbounded", "Completed", "Failed", "Cancelled"];
    const OPERATIONS: [&str; 11] = [
        "Unknown",
        "Start",
        "Save",
        "Restore",
        "Incoming migration",
        "Outgoing migration",
        "Snapshot",
        "Snapshot revert",
        "Dump",
        "Backup",
        "Snapshot delete",
    ];
    let name = usize::try_from(kind).ok().and_then(|at| KINDS.get(at)).unwrap_or(&"unknown");
    report.line("Job type:", format!("{name:<12}"));
    if kind == VIR_DOMAIN_JOB_NONE {
        return report.text;
    }
    let operation = report.number("operation").unwrap_or(0);
    let operation = OPERATIONS.get(operation as usize).unwrap_or(&"unknown");
    report.line("Operation:", format!("{operation:<12}"));
    let running = matches!(kind, VIR_DOMAIN_JOB_BOUNDED | VIR_DOMAIN_JOB_UNBOUNDED);
    let done = completed && kind == VIR_DOMAIN_JOB_COMPLETED;
    if !(any || running || done) {
        return report.text;
    }
    let milliseconds = |value: u64| format!("{value:<12} ms");
    report.line("Time elapsed:", milliseconds(report.number("time_elapsed").unwrap_or(0)));
    if let Some(net) = report.number("time_elapsed_net") {
        report.line("Time elapsed w/o network:", milliseconds(net));
    }
    if kind == VIR_DOMAIN_JOB_BOUNDED {
        report.line("Time remaining:", milliseconds(report.number("time_remaining").unwrap_or(0)));
    }
    report.amounts("Data", "data");
    if report.amounts("Memory", "memory") {
        report.lines(&MEMORY);
    }
    if report.amounts("File", "disk") {
        report.lines(&DISK);
    }
    report.lines(&PAGES);
    if let Some(downtime) = report.number("downtime") {
        let label = if kind == VIR_DOMAIN_JOB_COMPLETED { "Total downtime:" } else { "Expected downtime:" };
        report.line(label, milliseconds(downtime));
    }
    report.lines(&REST);
    for (name, label) in COMPRESSION {
        if let Some(value) = report.number(name) {
            report.line(label, format!("{value:<13}"));
        }
    }
    report.lines(&TEMPORARY);
    if let Some(TypedValue::String(error)) = typed::get(&report.params, "errmsg").cloned() {
        report.line("Error message:", error);
    }
    report.text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_job_says_no_more() {
        let report = Report { text: String::new(), params: vec![] };
        assert_eq!(describe(report, 0, false, false), "Job type:         None        \n");
    }

    #[test]
    fn a_job_says_how_far_it_is() {
        let params = vec![
            TypedParam::new("operation", 2),
            TypedParam::new("time_elapsed", 1500u64),
            TypedParam::new("data_total", 2048u64),
            TypedParam::new("data_remaining", 1024u64),
        ];
        let report = Report { text: String::new(), params };
        assert_eq!(
            describe(report, 2, false, false),
            "Job type:         Unbounded   \n\
             Operation:        Save        \n\
             Time elapsed:     1500         ms\n\
             Data processed:   0.000 B\n\
             Data remaining:   1.000 KiB\n\
             Data total:       2.000 KiB\n"
        );
    }
}
