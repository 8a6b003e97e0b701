//! Pools and volumes: what is refused and in which words, what is filled in, what is printed.

use super::*;

fn refused(xml: &str) -> String {
    Pool::parse(xml).expect_err(xml).message().to_owned()
}

#[test]
fn pools_lack_what_their_kind_needs() {
    let pool = |kind: &str, rest: &str| format!("<pool type='{kind}'><name>p</name>{rest}</pool>");
    let target = "<target><path>/x</path></target>";
    for (xml, words) in [
        (pool("dir", ""), "XML error: missing storage pool target path"),
        (format!("<pool type='dir'>{target}</pool>"), "XML error: missing pool source name element"),
        (pool("fs", target), "XML error: missing storage pool source device name"),
        (pool("netfs", target), "XML error: missing storage pool source host name"),
        (
            pool("netfs", &format!("<source><host name='h'/></source>{target}")),
            "XML error: missing storage pool source path",
        ),
        (pool("scsi", target), "XML error: missing storage pool source adapter"),
        (pool("rbd", "<source/>"), "XML error: element 'name' is mandatory for RBD pool"),
        (
            pool("iscsi-direct", "<source><host name='h'/><device path='t'/></source>"),
            "unsupported configuration: missing initiator IQN",
        ),
        (
            pool("logical", "<source><format type='lvm9'/></source>"),
            "unsupported configuration: unknown pool format type lvm9",
        ),
        (
            pool("disk", "<features><cow state='yes'/></features>"),
            "this function is not supported by the connection driver: cow feature may only be used for 'fs' and 'dir' pools",
        ),
        (
            pool("dir", "<source><auth type='x' username='u'><secret usage='s'/></auth></source>"),
            "unsupported configuration: unknown auth type 'x'",
        ),
        (
            pool("dir", "<source><auth username='u'><secret usage='s'/></auth></source>"),
            "unsupported configuration: storage pool missing auth type",
        ),
        (pool("dir", "<uuid>x</uuid>"), "XML error: malformed uuid element"),
        (pool("tape", ""), "XML error: Invalid value for attribute 'type' in element 'pool': 'tape'."),
        ("<pool type='dir'><name>a/b</name></pool>".into(), "XML error: name a/b cannot contain '/'"),
    ] {
        assert_eq!(refused(&xml), words);
    }
}

#[test]
fn adapters_are_named_in_one_way() {
    let pool = |adapter: &str| {
        format!(
            "<pool type='scsi'><name>p</name><source>{adapter}</source><target><path>/x</path></target></pool>"
        )
    };
    for (adapter, words) in [
        ("<adapter/>", "XML error: missing storage pool source adapter"),
        (
            "<adapter wwnn='1'/>",
            "XML error: Use of 'wwnn', 'wwpn', and 'parent' attributes requires use of the adapter 'type'",
        ),
        (
            "<adapter type='scsi_host'/>",
            "XML error: Either 'name' or 'parent' must be specified for the 'scsi_host' adapter",
        ),
        ("<adapter type='fc_host' wwnn='1' wwpn='2'/>", "internal error: Malformed wwn: 1"),
        (
            "<adapter type='scsi_host'><parentaddr unique_id='-1'><address/></parentaddr></adapter>",
            "XML error: Missing or invalid scsi adapter 'unique_id' value",
        ),
    ] {
        assert_eq!(refused(&pool(adapter)), words);
    }
    let adapter = "<adapter type='scsi_host'><parentaddr unique_id='1'>\
        <address domain='0x0000' bus='0x00' slot='0x1f' function='0x2'/></parentaddr></adapter>";
    let document = Pool::parse(&pool(adapter)).unwrap().to_document();
    assert!(document.contains(
        "    <adapter type='scsi_host'>\n      <parentaddr unique_id='1'>\n        \
         <address domain='0x0000' bus='0x00' slot='0x1f' function='0x2'/>\n      </parentaddr>\n    </adapter>\n"
    ));
    let named = Pool::parse(&pool("<adapter name='host0'/>")).unwrap().to_document();
    assert!(named.contains("<adapter type='scsi_host' name='host0'/>"));
}

#[test]
fn options_stand_under_their_namespace() {
    let xml = "<pool type='netfs' xmlns:m='http://libvirt.org/schemas/storagepool/fs/1.0'><name>p</name>\
        <source><host name='h' port='0'/><dir path='/d//'/><protocol ver='4.2'/></source>\
        <target><path>/x</path></target>\
        <m:mount_opts><m:option name='sync'/></m:mount_opts></pool>";
    let pool = Pool::parse(xml).unwrap();
    let document = pool.to_document();
    assert!(document.starts_with(
        "<pool type='netfs' xmlns:fs='http://libvirt.org/schemas/storagepool/fs/1.0'>\n  <name>p</name>\n"
    ));
    assert!(document.contains("    <host name='h'/>\n    <dir path='/d'/>\n    <format type='auto'/>\n"));
    assert!(
        document.ends_with("  <fs:mount_opts>\n    <fs:option name='sync'/>\n  </fs:mount_opts>\n</pool>\n")
    );
    assert_eq!(Pool::parse(&document).unwrap(), pool);
    assert_eq!(refused(&xml.replace("name='sync'", "")), "XML error: no fs mount option name specified");
    let rbd = "<pool type='rbd' xmlns:rbd='http://libvirt.org/schemas/storagepool/rbd/1.0'><name>p</name>\
        <source><host name='h'/><name>n</name></source>\
        <rbd:config_opts><rbd:option name='a' value=''/></rbd:config_opts></pool>";
    assert_eq!(refused(rbd), "XML error: empty rbd option value specified for name 'a'");
}

#[test]
fn sources_are_listed_and_read_alone() {
    let source = Source::parse("<source><host name='h'/><dir path='/'/></source>", PoolType::Netfs).unwrap();
    let list = SourceList { sources: vec![source] };
    assert_eq!(
        list.to_document(),
        "<sources>\n  <source>\n    <host name='h'/>\n    <dir path='/'/>\n    <format type='auto'/>\n  </source>\n</sources>\n"
    );
}

#[test]
fn volumes_lack_or_say_what_they_must_not() {
    let refused = |inside: &str| {
        let xml = format!("<volume>{inside}</volume>");
        Volume::parse(&xml, PoolType::Dir, Capacity::OrBacking).expect_err(&xml).message().to_owned()
    };
    let rest = "<name>v</name><capacity>1</capacity>";
    for (inside, words) in [
        (String::new(), "XML error: missing volume name element"),
        ("<name>v</name>".into(), "XML error: missing capacity element"),
        ("<name>v</name><capacity>-1</capacity>".into(), "XML error: malformed capacity element"),
        (
            "<name>v</name><capacity unit='EiB'>8</capacity>".into(),
            "numerical overflow: value too large: 8EiB",
        ),
        ("<name>v</name><capacity unit='x'>8</capacity>".into(), "invalid argument: unknown suffix 'x'"),
        (
            format!("{rest}<target><format type='none'/></target>"),
            "unsupported configuration: unknown volume format type none",
        ),
        (
            format!("{rest}<target><compat>1</compat></target>"),
            "XML error: forbidden characters in 'compat' attribute",
        ),
        (
            format!("{rest}<target><features><fast/></features></target>"),
            "unsupported configuration: unsupported feature fast",
        ),
        (
            format!("{rest}<target><encryption format='rot13'/></target>"),
            "unsupported configuration: unknown volume encryption format type rot13",
        ),
    ] {
        assert_eq!(refused(&inside), words);
    }
    let backed = "<volume><name>v</name><backingStore><path>/b</path></backingStore></volume>";
    let volume = Volume::parse(backed, PoolType::Dir, Capacity::OrBacking).unwrap();
    assert_eq!(volume.sizes(), (0, 0));
    assert!(
        volume
            .to_document()
            .contains("  <backingStore>\n    <path>/b</path>\n    <format type='raw'/>\n  </backingStore>\n")
    );
}

#[test]
fn what_is_printed_reads_the_same() {
    let xml = "<volume><name>v</name><capacity unit='KiB'>8</capacity><target><path>/p</path>\
        <permissions><owner>5</owner></permissions>\
        <encryption format='luks'><secret type='passphrase' usage='u'/>\
        <cipher name='twofish' size='256' mode='cbc' hash='sha256'/><ivgen name='plain64'/></encryption>\
        <nocow/><clusterSize unit='k'>64</clusterSize><features/></target></volume>";
    let volume = Volume::parse(xml, PoolType::Dir, Capacity::Needed).unwrap();
    let document = volume.to_document();
    assert!(
        document
            .contains("<compat>1.1</compat>\n    <clusterSize unit='B'>65536</clusterSize>\n    <features/>")
    );
    let again = Volume::parse(&document, PoolType::Dir, Capacity::Needed).unwrap();
    assert_eq!(again.to_document(), document);
}
