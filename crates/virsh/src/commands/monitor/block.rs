//! Block devices of a domain: list, size, traffic, errors.

use crate::args::Args;
use crate::domain::{Domain, call};
use crate::failure::{Context, Outcome, fail};
use crate::grammar::{ANY, Command, Completer, domain, domains, flag, text};
use crate::number::pretty_size;
use crate::shell::Shell;
use crate::stats::value_text;
use crate::table::Table;
use vir_api::constants::*;
use vir_api::types::DomainGetBlockInfoRet;
use vir_base::{ErrorCode, ErrorDomain};

/// `domblkerror`: Show errors on block devices.
pub(crate) const DOMBLKERROR: Command = Command::new("domblkerror", "Show errors on block devices")
    .describe("Show block device errors")
    .options(&[domain(domains::ACTIVE)])
    .run(errors);

/// `domblkinfo`: domain block device size information.
pub(crate) const DOMBLKINFO: Command = Command::new("domblkinfo", "domain block device size information")
    .describe("Get block device size info for a domain.")
    .options(&[
        domain(ANY),
        text("device", "block device").positional().completes(Completer::DomainDiskTarget),
        flag("human", "Human readable output"),
        flag("all", "display all block devices info"),
    ])
    .run(info);

/// `domblklist`: list all domain blocks.
pub(crate) const DOMBLKLIST: Command = Command::new("domblklist", "list all domain blocks")
    .describe("Get the summary of block devices for a domain.")
    .options(&[
        domain(ANY),
        flag("inactive", "get inactive rather than running configuration"),
        flag("details", "additionally display the type and device value"),
    ])
    .run(list);

/// `domblkstat`: get device block stats for a domain.
pub(crate) const DOMBLKSTAT: Command = Command::new("domblkstat", "get device block stats for a domain")
    .describe(
        "Get device block stats for a running domain. See man page or use --human for explanation of fields",
    )
    .options(&[
        domain(domains::ACTIVE),
        text("device", "block device").positional().allow_empty().completes(Completer::DomainDiskTarget),
        flag("human", "print a more human readable output"),
    ])
    .run(stats);

fn errors(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let most = call!(dom.domain_get_disk_errors(0, 0))?.nerrors;
    let errors = match most {
        0 => Vec::new(),
        most => call!(dom.domain_get_disk_errors(most as u32, 0))?.errors,
    };
    if errors.is_empty() {
        shell.out.print("No errors found\n");
    }
    for error in errors {
        let text = match error.error {
            0 => "no error",
            1 => "unspecified error",
            2 => "no space",
            _ => "unknown error",
        };
        shell.out.print(format!("{}: {text}\n", error.disk));
    }
    Ok(())
}

/// Capacity, allocation and physical size, as shown.
fn sizes(info: &DomainGetBlockInfoRet, human: bool) -> [String; 3] {
    let sizes = [info.capacity, info.allocation, info.physical];
    let known = sizes != [0; 3];
    sizes.map(|bytes| match (known, human) {
        (false, _) => "-".to_owned(),
        (true, false) => bytes.to_string(),
        (true, true) => {
            let (value, unit) = pretty_size(bytes);
            format!("{value:.3} {unit}")
        }
    })
}

fn info(shell: &mut Shell, args: &Args) -> Outcome {
    args.exclusive("all", "device")?;
    let dom = Domain::find(shell, args)?;
    let human = args.has("human");
    if !args.has("all") {
        let Some(device) = args.text_quiet("device") else {
            fail!("command 'domblkinfo' requires <device> option");
        };
        let info = call!(dom.domain_get_block_info(device, 0))?;
        for (label, size) in ["Capacity:", "Allocation:", "Physical:"].iter().zip(sizes(&info, human)) {
            shell.out.print(format!("{label:<15} {size}\n"));
        }
        return Ok(());
    }
    let active = dom.is_active();
    let mut table = Table::new(["Target", "Capacity", "Allocation", "Physical"]);
    for disk in dom.document(0)?.all("devices/disk") {
        let target = disk.attribute_at("target", "dev").unwrap_or_default();
        let mut info = DomainGetBlockInfoRet::default();
        if disk.child("source").is_some() {
            // a stopped domain's network disks have no statistics
            let remote = !active && disk.attribute_at("source", "protocol").is_some();
            match call!(dom.domain_get_block_info(target, 0)) {
                Ok(known) => info = known,
                Err(error)
                    if remote
                        && error.code() == ErrorCode::InternalError
                        && error.domain() == ErrorDomain::Storage => {}
                Err(error) => return Err(error.into()),
            }
        }
        let [capacity, allocation, physical] = sizes(&info, human);
        table.row([target.to_owned(), capacity, allocation, physical]);
    }
    shell.print_table(&table);
    Ok(())
}

fn list(shell: &mut Shell, args: &Args) -> Outcome {
    let flags = if args.has("inactive") { VIR_DOMAIN_XML_INACTIVE } else { 0 };
    let details = args.has("details");
    let document = Domain::find(shell, args)?.document(flags)?;
    let mut table = if details {
        Table::new(["Type", "Device", "Target", "Source"])
    } else {
        Table::new(["Target", "Source"])
    };
    for disk in document.all("devices/disk") {
        let kind = disk.attribute("type");
        let mut row = Vec::new();
        if details {
            let (Some(kind), Some(device)) = (kind, disk.attribute("device")) else {
                shell.out.print("unable to query block list details");
                return Err(crate::failure::Failure::silent());
            };
            row.extend([kind.to_owned(), device.to_owned()]);
        }
        let Some(target) = disk.attribute_at("target", "dev") else { fail!("unable to query block list") };
        row.push(target.to_owned());
        row.push(match kind {
            Some("nvme") => nvme(disk)?,
            _ => {
                let names = ["file", "dev", "dir", "name", "volume", "path"];
                disk.any_attribute_at("source", &names).unwrap_or("-").to_owned()
            }
        });
        table.row(row);
    }
    shell.print_table(&table);
    Ok(())
}

fn nvme(disk: &crate::document::Node) -> Outcome<String> {
    let address = |name: &str| {
        let text = disk.attribute_at("source/address", name)?;
        u32::from_str_radix(text.trim_start_matches("0x"), 16).ok()
    };
    let namespace = disk.attribute_at("source", "namespace");
    match (namespace, address("domain"), address("bus"), address("slot"), address("function")) {
        (Some(space), Some(domain), Some(bus), Some(slot), Some(function)) => {
            Ok(format!("nvme://{domain:04x}:{bus:02x}:{slot:02x}.{function}/{space}"))
        }
        _ => fail!("Unable to query NVMe disk address"),
    }
}

/// What is counted, in the order of old: name in the API, short name, and words for people.
const COUNTED: [(&str, &str, &str); 9] = [
    ("rd_operations", "rd_req", "number of read operations:"),
    ("rd_bytes", "rd_bytes", "number of bytes read:"),
    ("wr_operations", "wr_req", "number of write operations:"),
    ("wr_bytes", "wr_bytes", "number of bytes written:"),
    ("errs", "errs", "error count:"),
    ("flush_operations", "flush_operations", "number of flush operations:"),
    ("rd_total_times", "rd_total_times", "total duration of reads (ns):"),
    ("wr_total_times", "wr_total_times", "total duration of writes (ns):"),
    ("flush_total_times", "flush_total_times", "total duration of flushes (ns):"),
];

fn stats(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    // no device means all of them
    let device = args.text("device")?.unwrap_or_default();
    let params = match call!(dom.domain_block_stats_flags(device, 0)) {
        Err(error) if error.code() == ErrorCode::NoSupport => {
            let old = call!(dom.domain_block_stats(device))
                .context(|| format!("Failed to get block stats {} {device}", dom.asked))?;
            let values = [old.rd_req, old.rd_bytes, old.wr_req, old.wr_bytes, old.errs];
            let known = COUNTED.iter().zip(values).filter(|(_, value)| *value >= 0);
            known.map(|((name, ..), value)| vir_base::TypedParam::new(*name, value)).collect()
        }
        params => params?,
    };
    let human = args.has("human");
    let mut shown = device;
    if human {
        shell.out.print(format!("Device: {device}\n"));
        shown = "";
    }
    for (name, short, words) in COUNTED {
        if let Some(value) = vir_base::typed::get(&params, name) {
            let value = value_text(value);
            shell.out.print(match human {
                true => format!("{shown} {words:<31} {value}\n"),
                false => format!("{shown} {short} {value}\n"),
            });
        }
    }
    for param in params.iter().filter(|param| COUNTED.iter().all(|(name, ..)| *name != param.field)) {
        shell.out.print(format!("{shown} {} {}\n", param.field, value_text(&param.value)));
    }
    Ok(())
}
