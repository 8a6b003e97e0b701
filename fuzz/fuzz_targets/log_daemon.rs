#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| ferrovirt_fuzzing::log_daemon(data));
