//! Which bit of which register stands for which feature of an x86 processor.
//!
//! The bits are the makers' (Intel SDM vol. 2A, CPUID; AMD APM vol. 3, appendix E); the names are
//! those of domain documents.

/// One of the registers that `cpuid` answers in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Register {
    Eax,
    Ebx,
    Ecx,
    Edx,
}

/// Where bits are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Leaf, subleaf, register.
    Cpuid(u32, u32, Register),
    /// Index.
    Msr(u32),
}

use Register::{Eax, Ebx, Ecx, Edx};
use Source::{Cpuid, Msr};

type Bits = &'static [(u32, &'static str)];

#[rustfmt::skip]
pub(crate) const FEATURES: &[(Source, Bits)] = &[
    (Cpuid(1, 0, Ecx), &[
        (0, "pni"), (1, "pclmuldq"), (2, "dtes64"), (3, "monitor"), (4, "ds_cpl"), (5, "vmx"), (6, "smx"),
        (7, "est"), (8, "tm2"), (9, "ssse3"), (10, "cid"), (12, "fma"), (13, "cx16"), (14, "xtpr"),
        (15, "pdcm"), (17, "pcid"), (18, "dca"), (19, "sse4.1"), (20, "sse4.2"), (21, "x2apic"),
        (22, "movbe"), (23, "popcnt"), (24, "tsc-deadline"), (25, "aes"), (26, "xsave"), (27, "osxsave"),
        (28, "avx"), (29, "f16c"), (30, "rdrand"), (31, "hypervisor"),
    ]),
    (Cpuid(1, 0, Edx), &[
        (0, "fpu"), (1, "vme"), (2, "de"), (3, "pse"), (4, "tsc"), (5, "msr"), (6, "pae"), (7, "mce"),
        (8, "cx8"), (9, "apic"), (11, "sep"), (12, "mtrr"), (13, "pge"), (14, "mca"), (15, "cmov"),
        (16, "pat"), (17, "pse36"), (18, "pn"), (19, "clflush"), (21, "ds"), (22, "acpi"), (23, "mmx"),
        (24, "fxsr"), (25, "sse"), (26, "sse2"), (27, "ss"), (28, "ht"), (29, "tm"), (30, "ia64"), (31, "pbe"),
    ]),
    (Cpuid(6, 0, Eax), &[(2, "arat")]),
    (Cpuid(7, 0, Ebx), &[
        (0, "fsgsbase"), (1, "tsc_adjust"), (3, "bmi1"), (4, "hle"), (5, "avx2"), (6, "fdp-excptn-only"),
        (7, "smep"), (8, "bmi2"), (9, "erms"), (10, "invpcid"), (11, "rtm"), (12, "cmt"), (13, "zero-fcs-fds"),
        (14, "mpx"), (16, "avx512f"), (17, "avx512dq"), (18, "rdseed"), (19, "adx"), (20, "smap"),
        (21, "avx512ifma"), (22, "pcommit"), (23, "clflushopt"), (24, "clwb"), (25, "intel-pt"),
        (26, "avx512pf"), (27, "avx512er"), (28, "avx512cd"), (29, "sha-ni"), (30, "avx512bw"), (31, "avx512vl"),
    ]),
    (Cpuid(7, 0, Ecx), &[
        (1, "avx512vbmi"), (2, "umip"), (3, "pku"), (4, "ospke"), (5, "waitpkg"), (6, "avx512vbmi2"),
        (8, "gfni"), (9, "vaes"), (10, "vpclmulqdq"), (11, "avx512vnni"), (12, "avx512bitalg"),
        (14, "avx512-vpopcntdq"), (16, "la57"), (22, "rdpid"), (24, "bus-lock-detect"), (25, "cldemote"),
        (27, "movdiri"), (28, "movdir64b"), (30, "sgxlc"), (31, "pks"),
    ]),
    (Cpuid(7, 0, Edx), &[
        (2, "avx512-4vnniw"), (3, "avx512-4fmaps"), (4, "fsrm"), (8, "avx512-vp2intersect"), (10, "md-clear"),
        (14, "serialize"), (16, "tsx-ldtrk"), (18, "pconfig"), (19, "arch-lbr"), (22, "amx-bf16"),
        (23, "avx512-fp16"), (24, "amx-tile"), (25, "amx-int8"), (26, "spec-ctrl"), (27, "stibp"),
        (28, "flush-l1d"), (29, "arch-capabilities"), (30, "core-capability"), (31, "ssbd"),
    ]),
    (Cpuid(7, 1, Eax), &[
        (4, "avx-vnni"), (5, "avx512-bf16"), (7, "cmpccxadd"), (10, "fzrm"), (11, "fsrs"), (12, "fsrc"),
        (19, "wrmsrns"), (21, "amx-fp16"), (23, "avx-ifma"), (26, "lam"),
    ]),
    (Cpuid(7, 1, Edx), &[
        (4, "avx-vnni-int8"), (5, "avx-ne-convert"), (8, "amx-complex"), (10, "avx-vnni-int16"),
        (14, "prefetchiti"),
    ]),
    (Cpuid(7, 2, Edx), &[
        (0, "intel-psfd"), (1, "ipred-ctrl"), (2, "rrsba-ctrl"), (3, "ddpd-u"), (4, "bhi-ctrl"), (5, "mcdt-no"),
    ]),
    (Cpuid(0xd, 1, Eax), &[(0, "xsaveopt"), (1, "xsavec"), (2, "xgetbv1"), (3, "xsaves"), (4, "xfd")]),
    (Cpuid(0x8000_0001, 0, Ecx), &[
        (0, "lahf_lm"), (1, "cmp_legacy"), (2, "svm"), (3, "extapic"), (4, "cr8legacy"), (5, "abm"),
        (6, "sse4a"), (7, "misalignsse"), (8, "3dnowprefetch"), (9, "osvw"), (10, "ibs"), (11, "xop"),
        (12, "skinit"), (13, "wdt"), (15, "lwp"), (16, "fma4"), (17, "tce"), (19, "nodeid_msr"), (21, "tbm"),
        (22, "topoext"), (23, "perfctr_core"), (24, "perfctr_nb"),
    ]),
    (Cpuid(0x8000_0001, 0, Edx), &[
        (11, "syscall"), (20, "nx"), (22, "mmxext"), (25, "fxsr_opt"), (26, "pdpe1gb"),
        (27, "rdtscp"), (29, "lm"), (30, "3dnowext"), (31, "3dnow"),
    ]),
    (Cpuid(0x8000_0007, 0, Ebx), &[(0, "overflow-recov"), (1, "succor")]),
    (Cpuid(0x8000_0007, 0, Edx), &[(8, "invtsc")]),
    (Cpuid(0x8000_0008, 0, Ebx), &[
        (0, "clzero"), (2, "xsaveerptr"), (9, "wbnoinvd"), (12, "ibpb"), (14, "ibrs"), (15, "amd-stibp"),
        (17, "stibp-always-on"), (24, "amd-ssbd"), (25, "virt-ssbd"), (26, "amd-no-ssb"), (28, "amd-psfd"),
    ]),
    (Cpuid(0x8000_000a, 0, Edx), &[
        (0, "npt"), (1, "lbrv"), (2, "svm-lock"), (3, "nrip-save"), (4, "tsc-scale"), (5, "vmcb-clean"),
        (6, "flushbyasid"), (7, "decodeassists"), (10, "pause-filter"), (12, "pfthreshold"), (13, "avic"),
        (15, "v-vmsave-vmload"), (16, "vgif"), (25, "vnmi"), (28, "svme-addr-chk"),
    ]),
    (Cpuid(0x8000_0021, 0, Eax), &[
        (0, "no-nested-data-bp"), (2, "lfence-always-serializing"), (6, "null-sel-clr-base"), (8, "auto-ibrs"),
        (27, "sbpb"), (28, "ibpb-brtype"),
    ]),
    // IA32_ARCH_CAPABILITIES
    (Msr(0x10a), &[
        (0, "rdctl-no"), (1, "ibrs-all"), (2, "rsba"), (3, "skip-l1dfl-vmentry"), (4, "ssb-no"), (5, "mds-no"),
        (6, "pschange-mc-no"), (7, "tsx-ctrl"), (8, "taa-no"), (13, "sbdr-ssdp-no"), (14, "fbsdp-no"),
        (15, "psdp-no"), (17, "fb-clear"), (24, "pbrsb-no"), (26, "gds-no"), (27, "rfds-no"), (28, "rfds-clear"),
    ]),
];
