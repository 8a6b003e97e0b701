//! The host's memory.

use crate::args::Args;
use crate::document::{self, Node};
use crate::domain::ask;
use crate::failure::{Context, Outcome, fail};
use crate::grammar::{Command, Completer, flag, number};
use crate::number;
use crate::session::Link;
use crate::shell::Shell;
use crate::stats::value_text;
use vir_base::typed;

/// `allocpages`: Manipulate pages pool size.
pub(crate) const ALLOCPAGES: Command = Command::new("allocpages", "Manipulate pages pool size")
    .describe("Allocate or free some pages in the pool for NUMA cell.")
    .options(&[
        number("pagesize", "page size (in kibibytes)")
            .required()
            .positional()
            .completes(Completer::AllocpagesPagesize),
        number("pagecount", "page count").required().positional(),
        number("cellno", "NUMA cell number").tolerated().completes(Completer::Cellno),
        flag("add", "instead of setting new pool size add pages to it"),
        flag("all", "set on all NUMA cells"),
    ]);

/// `freecell`: NUMA free memory.
pub(crate) const FREECELL: Command = Command::new("freecell", "NUMA free memory")
    .describe("display available free memory for the NUMA cell.")
    .options(&[
        number("cellno", "NUMA cell number").tolerated().completes(Completer::Cellno),
        flag("all", "show free memory for all NUMA cells"),
    ])
    .run(free_cell);

/// `freepages`: NUMA free pages.
pub(crate) const FREEPAGES: Command = Command::new("freepages", "NUMA free pages")
    .describe("display available free pages for the NUMA cell.")
    .options(&[
        number("cellno", "NUMA cell number").tolerated().completes(Completer::Cellno),
        number("pagesize", "page size (in kibibytes)").tolerated().completes(Completer::AllocpagesPagesize),
        flag("all", "show free pages for all NUMA cells"),
    ])
    .run(free_pages);

/// `node-memory-tune`: Get or set node memory parameters.
pub(crate) const NODE_MEMORY_TUNE: Command =
    Command::new("node-memory-tune", "Get or set node memory parameters")
        .describe("Get or set node memory parameters")
        .options(&[
            number(
                "shm-pages-to-scan",
                "number of pages to scan before the shared memory service goes to sleep",
            )
            .tolerated(),
            number(
                "shm-sleep-millisecs",
                "number of millisecs the shared memory service should sleep before next scan",
            )
            .tolerated(),
            number("shm-merge-across-nodes", "Specifies if pages from different numa nodes can be merged")
                .tolerated(),
        ])
        .run(tune);

/// `nodememstats`: Prints memory stats of the node.
pub(crate) const NODEMEMSTATS: Command = Command::new("nodememstats", "Prints memory stats of the node.")
    .describe("Returns memory stats of the node, in kilobytes.")
    .options(&[number("cell", "prints specified cell statistics only.").tolerated()])
    .run(stats);

fn stats(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let cell = args.int("cell")?.unwrap_or(-1);
    let stats =
        ask!(link.node_get_memory_stats(cell, 0)).context(|| "Unable to get number of memory stats")?;
    for stat in stats {
        shell.out.print(format!("{:<7}: {:>20} KiB\n", stat.field, stat.value));
    }
    Ok(())
}

/// The free memory of one NUMA cell, in KiB.
fn free_in(link: &Link, cell: i32) -> Outcome<u64> {
    let free = ask!(link.node_get_cells_free_memory(cell, 1))?;
    free.first().map(|bytes| bytes / 1024).ok_or_else(crate::failure::Failure::silent)
}

fn host(link: &Link) -> Outcome<Node> {
    let xml = ask!(link.connect_get_capabilities()).context(|| "unable to get node capabilities")?;
    document::parse(&xml).context(|| "unable to get node capabilities")
}

fn free_cell(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    args.exclusive("all", "cellno")?;
    if let Some(cell) = args.int("cellno")? {
        shell.out.print(format!("{cell}: {} KiB\n", free_in(&link, cell)?));
        return Ok(());
    }
    if !args.has("all") {
        let free = ask!(link.node_get_free_memory())?;
        shell.out.print(format!("Total: {} KiB\n", free / 1024));
        return Ok(());
    }
    let mut total = 0;
    let mut lines = String::new();
    for cell in host(&link)?.all("host/topology/cells/cell") {
        let id = cell.attribute("id").and_then(number::unsigned::<u32>);
        let Some(id) = id else { fail!("conversion from string failed") };
        let free = free_in(&link, id as i32)
            .context(|| format!("failed to get free memory for NUMA node number: {id}"))?;
        lines.push_str(&format!("{id:>5}: {free:>10} KiB\n"));
        total += free;
    }
    shell.out.print(lines);
    shell.out.extra(format!("--------------------\n{:>5}: {total:>10} KiB\n", "Total"));
    Ok(())
}

/// The page sizes that the host has, in KiB, each once.
fn page_sizes(host: &Node) -> Outcome<Vec<u32>> {
    let mut pages = host.all("host/cpu/pages");
    if pages.is_empty() {
        pages = host.all("host/topology/cells/cell/pages");
    }
    if pages.is_empty() {
        fail!("could not get information about supported page sizes");
    }
    let mut sizes = Vec::new();
    for page in pages {
        let text = page.attribute("size").unwrap_or_default();
        match number::unsigned(text) {
            Some(size) => sizes.push(size),
            None => fail!("unable to parse page size: {text}"),
        }
    }
    sizes.sort_unstable();
    sizes.dedup();
    Ok(sizes)
}

fn free_pages(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    args.exclusive("all", "cellno")?;
    let bytes = args.scaled("pagesize", 1024, u64::from(u32::MAX) * 1024)?;
    let asked = bytes.map(|bytes| bytes.div_ceil(1024) as u32);
    if !args.has("all") {
        if !args.has("cellno") {
            fail!("missing cellno argument");
        }
        let cell = args.int("cellno")?.unwrap_or(-1);
        if cell < -1 {
            fail!("cell number must be non-negative integer or -1");
        }
        let Some(size) = asked else { fail!("missing pagesize argument") };
        let counts = ask!(link.node_get_free_pages(&[size], cell, 1, 0))?;
        let Some(count) = counts.first() else {
            fail!("Could not get count of free {size}KiB pages, no data returned");
        };
        shell.out.print(format!("{size}KiB: {count}\n"));
        return Ok(());
    }
    let host = host(&link)?;
    let sizes = match asked {
        Some(size) => vec![size],
        None => page_sizes(&host)?,
    };
    let mut complete = true;
    for cell in host.all("host/topology/cells/cell") {
        let text = cell.attribute("id").unwrap_or_default();
        let Some(id) = number::signed::<i32>(text) else { fail!("unable to parse numa node id: {text}") };
        let counts = ask!(link.node_get_free_pages(&sizes, id, 1, 0))?;
        if counts.len() < sizes.len() {
            shell.out.error(&format!("Did not get all free page data for node {id}"));
            complete = false;
            continue;
        }
        shell.out.print(format!("Node {id}:\n"));
        for (size, count) in sizes.iter().zip(counts) {
            shell.out.print(format!("{size}KiB: {count}\n"));
        }
        shell.out.print("\n");
    }
    if complete { Ok(()) } else { Err(crate::failure::Failure::silent()) }
}

fn tune(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let mut params = Vec::new();
    for (option, field) in [
        ("shm-pages-to-scan", "shm_pages_to_scan"),
        ("shm-sleep-millisecs", "shm_sleep_millisecs"),
        ("shm-merge-across-nodes", "shm_merge_across_nodes"),
    ] {
        if let Some(value) = args.uint(option)? {
            typed::push(&mut params, field, value);
        }
    }
    if !params.is_empty() {
        ask!(link.node_set_memory_parameters(&params, 0)).context(|| "Unable to change memory parameters")?;
        return Ok(());
    }
    let params =
        ask!(link.node_get_memory_parameters(0)).context(|| "Unable to get number of memory parameters")?;
    if !params.is_empty() {
        shell.out.print("Shared memory:\n");
    }
    for param in params {
        shell.out.print(format!("\t{:<15} {}\n", param.field, value_text(&param.value)));
    }
    Ok(())
}
