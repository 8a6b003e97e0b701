//! CPU models, compared and combined.

use crate::args::Args;
use crate::domain::ask;
use crate::failure::{Context, Outcome};
use crate::grammar::{Command, Completer, file, flag, text};
use crate::shell::Shell;

/// `cpu-baseline`: compute baseline CPU.
pub(crate) const CPU_BASELINE: Command = Command::new("cpu-baseline", "compute baseline CPU")
    .describe("Compute baseline CPU for a set of given CPUs.")
    .options(&[
        file("file containing XML CPU descriptions"),
        flag("features", "Show features that are part of the CPU model type"),
        flag("migratable", "Do not include features that block migration"),
    ]);

/// `cpu-compare`: compare host CPU with a CPU described by an XML file.
pub(crate) const CPU_COMPARE: Command =
    Command::new("cpu-compare", "compare host CPU with a CPU described by an XML file")
        .describe("compare CPU with host CPU")
        .options(&[
            file("file containing an XML CPU description"),
            flag("error", "report error if CPUs are incompatible"),
            flag("validate", "validate the XML document against schema"),
        ]);

/// `cpu-models`: CPU models.
pub(crate) const CPU_MODELS: Command = Command::new("cpu-models", "CPU models")
    .describe("Get the CPU models for an arch.")
    .options(&[text("arch", "architecture").required().positional().completes(Completer::Arch)])
    .run(models);

fn models(shell: &mut Shell, args: &Args) -> Outcome {
    let arch = args.required("arch")?;
    let link = shell.session.link()?;
    let names =
        ask!(link.connect_get_cpu_model_names(arch, 0)).context(|| "failed to get CPU model names")?;
    if names.is_empty() {
        shell.out.extra("all CPU models are accepted\n");
    }
    for name in names {
        shell.out.print(format!("{name}\n"));
    }
    Ok(())
}

/// `hypervisor-cpu-baseline`: compute baseline CPU usable by a specific hypervisor.
pub(crate) const HYPERVISOR_CPU_BASELINE: Command = Command::new(
    "hypervisor-cpu-baseline",
    "compute baseline CPU usable by a specific hypervisor",
)
.describe(
    "Compute baseline CPU for a set of given CPUs. The result will be tailored to the specified hypervisor.",
)
.options(&[
    text("file", "file containing XML CPU descriptions").tolerated().completes(Completer::Path),
    text("virttype", "virtualization type (/domain/@type)").tolerated().completes(Completer::DomainVirtType),
    text("emulator", "path to emulator binary (/domain/devices/emulator)").tolerated(),
    text("arch", "CPU architecture (/domain/os/type/@arch)").tolerated().completes(Completer::Arch),
    text("machine", "machine type (/domain/os/type/@machine)").tolerated(),
    flag("features", "Show features that are part of the CPU model type"),
    flag("migratable", "Do not include features that block migration"),
    text("model", "Shortcut for calling the command with a single CPU model and no additional features")
        .tolerated()
        .completes(Completer::CpuModel),
]);

/// `hypervisor-cpu-compare`: compare a CPU with the CPU created by a hypervisor on the host.
pub(crate) const HYPERVISOR_CPU_COMPARE: Command =
    Command::new("hypervisor-cpu-compare", "compare a CPU with the CPU created by a hypervisor on the host")
        .describe("compare CPU with hypervisor CPU")
        .options(&[
            file("file containing an XML CPU description"),
            text("virttype", "virtualization type (/domain/@type)")
                .tolerated()
                .completes(Completer::DomainVirtType),
            text("emulator", "path to emulator binary (/domain/devices/emulator)").tolerated(),
            text("arch", "CPU architecture (/domain/os/type/@arch)").tolerated().completes(Completer::Arch),
            text("machine", "machine type (/domain/os/type/@machine)").tolerated(),
            flag("error", "report error if CPUs are incompatible"),
            flag("validate", "validate the XML document against schema"),
        ]);

/// `hypervisor-cpu-models`: Hypervisor reported CPU models.
pub(crate) const HYPERVISOR_CPU_MODELS: Command =
    Command::new("hypervisor-cpu-models", "Hypervisor reported CPU models")
        .describe("Get the CPU models reported by the hypervisor.")
        .options(&[
            text("virttype", "virtualization type (/domain/@type)").completes(Completer::DomainVirtType),
            text("emulator", "path to emulator binary (/domain/devices/emulator)"),
            text("arch", "CPU architecture (/domain/os/type/@arch)").completes(Completer::Arch),
            text("machine", "machine type (/domain/os/type/@machine)"),
            flag("all", "include all CPU models known to the hypervisor for the architecture"),
        ]);
