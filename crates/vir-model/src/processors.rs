//! The models of processors that have names, for each architecture. What they are made of is not here.

use crate::domain::os::ARCHITECTURES;
use vir_base::{Error, ErrorCode, ErrorDomain, Result, bail};

/// x86, in libvirt's order.
const X86: &str = "\
    486 486-v1 pentium pentium-v1 pentium2 pentium2-v1 pentium3 pentium3-v1 pentiumpro coreduo \
    coreduo-v1 n270 n270-v1 core2duo core2duo-v1 qemu32 qemu32-v1 kvm32 kvm32-v1 cpu64-rhel5 \
    cpu64-rhel6 qemu64 qemu64-v1 kvm64 kvm64-v1 Conroe Conroe-v1 Penryn Penryn-v1 Nehalem \
    Nehalem-IBRS Nehalem-v1 Nehalem-v2 Westmere Westmere-IBRS Westmere-v1 Westmere-v2 \
    SandyBridge SandyBridge-IBRS SandyBridge-v1 SandyBridge-v2 IvyBridge IvyBridge-IBRS \
    IvyBridge-v1 IvyBridge-v2 Haswell-noTSX Haswell-noTSX-IBRS Haswell Haswell-IBRS Haswell-v1 \
    Haswell-v2 Haswell-v3 Haswell-v4 Broadwell-noTSX Broadwell-noTSX-IBRS Broadwell \
    Broadwell-IBRS Broadwell-v1 Broadwell-v2 Broadwell-v3 Broadwell-v4 Skylake-Client \
    Skylake-Client-IBRS Skylake-Client-noTSX-IBRS Skylake-Client-v1 Skylake-Client-v2 \
    Skylake-Client-v3 Skylake-Client-v4 Skylake-Server Skylake-Server-IBRS \
    Skylake-Server-noTSX-IBRS Skylake-Server-v1 Skylake-Server-v2 Skylake-Server-v3 \
    Skylake-Server-v4 Skylake-Server-v5 Cascadelake-Server Cascadelake-Server-noTSX \
    Cascadelake-Server-v1 Cascadelake-Server-v2 Cascadelake-Server-v3 Cascadelake-Server-v4 \
    Cascadelake-Server-v5 Icelake-Client Icelake-Client-noTSX Icelake-Server \
    Icelake-Server-noTSX Icelake-Server-v1 Icelake-Server-v2 Icelake-Server-v3 Icelake-Server-v4 \
    Icelake-Server-v5 Icelake-Server-v6 Icelake-Server-v7 Cooperlake Cooperlake-v1 Cooperlake-v2 \
    Snowridge Snowridge-v1 Snowridge-v2 Snowridge-v3 Snowridge-v4 SapphireRapids \
    SapphireRapids-v1 SapphireRapids-v2 SapphireRapids-v3 GraniteRapids GraniteRapids-v1 \
    GraniteRapids-v2 SierraForest SierraForest-v1 Denverton Denverton-v1 Denverton-v2 \
    Denverton-v3 KnightsMill KnightsMill-v1 athlon athlon-v1 phenom phenom-v1 Opteron_G1 \
    Opteron_G1-v1 Opteron_G2 Opteron_G2-v1 Opteron_G3 Opteron_G3-v1 Opteron_G4 Opteron_G4-v1 \
    Opteron_G5 Opteron_G5-v1 EPYC EPYC-IBPB EPYC-v1 EPYC-v2 EPYC-v3 EPYC-v4 EPYC-Rome \
    EPYC-Rome-v1 EPYC-Rome-v2 EPYC-Rome-v3 EPYC-Rome-v4 EPYC-Milan EPYC-Milan-v1 EPYC-Milan-v2 \
    EPYC-Genoa EPYC-Genoa-v1 Dhyana Dhyana-v1 Dhyana-v2";

/// POWER, in libvirt's order.
const POWER: &str = "POWER6 POWER7 POWER8 POWER9 POWER10 POWERPC_e5500 POWERPC_e6500";

/// The names of an architecture's models, in libvirt's order; none where hypervisors take any name.
/// `asked` is the driver that was asked, for the first of its errors.
///
/// # Errors
/// No such architecture, or one whose processors libvirt knows nothing about.
pub fn model_names(asked: ErrorDomain, arch: &str) -> Result<Vec<String>> {
    let names = match arch {
        "i686" | "x86_64" => X86,
        "ppc64" | "ppc64le" => POWER,
        "armv6l" | "armv7b" | "armv7l" | "aarch64" | "s390" | "s390x" | "riscv64" | "loongarch64" => "",
        known if ARCHITECTURES.contains(&known) => {
            bail!(Cpu, NoSupport, "'{known}' architecture is not supported by CPU driver")
        }
        _ => {
            return Err(Error::new(asked, ErrorCode::InvalidArg, format!("cannot find architecture {arch}")));
        }
    };
    Ok(names.split_whitespace().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_architecture() {
        let names = |arch| model_names(ErrorDomain::Test, arch);
        let x86 = names("i686").unwrap();
        assert_eq!(x86, names("x86_64").unwrap());
        assert_eq!((x86.first().unwrap().as_str(), x86.last().unwrap().as_str()), ("486", "Dhyana-v2"));
        assert_eq!(names("ppc64le").unwrap()[4], "POWER10");
        assert!(names("aarch64").unwrap().is_empty());
        let refused = names("mips").unwrap_err();
        assert_eq!((refused.code(), refused.domain()), (ErrorCode::NoSupport, ErrorDomain::Cpu));
        let refused = names("sparc128").unwrap_err();
        assert_eq!(refused.message(), "invalid argument: cannot find architecture sparc128");
        assert_eq!(refused.domain(), ErrorDomain::Test);
    }
}
