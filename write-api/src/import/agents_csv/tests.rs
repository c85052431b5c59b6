use super::*;
use events::account::Role;
use proptest::prelude::*;
use std::io::Read;

fn rows(file: impl AsRef<[u8]>) -> Vec<Result<AgentRow, RowError>> {
    AgentRows::open(file.as_ref(), Limits::default()).unwrap().collect::<Result<_, _>>().unwrap()
}

fn refused(file: impl AsRef<[u8]>) -> Vec<String> {
    rows(file).into_iter().filter_map(Result::err).map(|error| error.to_string()).collect()
}

fn header_error(file: &[u8]) -> String {
    AgentRows::open(file, Limits::default()).err().unwrap().to_string()
}

#[test]
fn a_spreadsheets_file() {
    let rows = rows(
        "\u{feff}Family_Name;given_name;roles;staff_number;username\r\n\
         Müller;Élodie;manager|hr-health;00421;\r\n\
         \"de La Tour; comte\";Jean-Marc;;A-7/3;jmdlt\r\n\
         ;;;;\r\n",
    );
    let [Ok(first), Ok(second)] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((first.line, first.given_name.as_str(), first.staff_number.as_deref()), (2, "Élodie", Some("00421")));
    assert!(first.roles.iter().eq([&Role::Manager, &Role::HrHealth]) && first.username.is_none());
    assert_eq!((second.line, second.family_name.as_str()), (3, "de La Tour; comte"));
    assert_eq!(second.username.as_ref().map(events::username::Username::as_str), Some("jmdlt"));
}

#[test]
fn headers_that_are_refused() {
    assert_eq!(header_error(b""), "the file is empty: its first line must name the columns");
    assert_eq!(header_error(b"given_name,roles\n"), "line 1: column family_name is missing");
    assert_eq!(header_error(b"given_name,family_name,given_name\n"), "line 1: column given_name stands twice");
    assert!(header_error(b"given_name,family_name,salary\n").starts_with("line 1: column 3 is unknown"));
    assert!(header_error(b"given_name,family_name,\n").starts_with("line 1: column 3 is unknown"));
    assert_eq!(header_error(b"given_name,pr\xe9nom\n"), "line 1: is not a line of CSV in UTF-8");
    assert_eq!(header_error(b"\"given_name,family_name\n"), "line 1: is not a line of CSV in UTF-8");
    assert!(header_error(b"\xff\xfeg\0i\0").starts_with("line 1: is not"));
}

#[test]
fn rows_that_are_refused_by_line_and_field() {
    let file = b"given_name,family_name,staff_number,username,roles\n\
        ,Dupont,,,\n\
        Jean,  ,,,\n\
        Andr\xe9,Dupont,,,\n\
        Jean,Du\0pont,,,\n\
        Jean,\"Du\xe2\x80\xaepont\",,,\n\
        Jean,\"=HYPERLINK(\"\"http://example\"\")\",,,\n\
        Jean,Dupont,@1,,\n\
        Jean,Dupont,1 2,,\n\
        Jean,Dupont,,Jean.Dupont,\n\
        Jean,Dupont,,,manager|mayor\n\
        Jean,Dupont\n\
        \"Jean,Dupont,,,\n\
        Jean,\xe2\x80\x99,,,\n\
        Jean,\xe2\x80\x99,,jean,\n";
    assert_eq!(
        refused(file),
        [
            "line 2, given_name: is empty",
            "line 3, family_name: is empty",
            "line 4, given_name: is not UTF-8: save the file as UTF-8, it is Latin-1 or another encoding",
            "line 5, family_name: holds a control character, or one that changes the direction of writing",
            "line 6, family_name: holds a control character, or one that changes the direction of writing",
            "line 7, family_name: begins with a sign that spreadsheets take for a formula (= + - @)",
            "line 8, staff_number: begins with a sign that spreadsheets take for a formula (= + - @)",
            "line 9, staff_number: holds a character other than letters and digits in ASCII, dot, hyphen, slash and \
             underscore",
            "line 10, username: holds a character other than a-z, 0-9, dot, hyphen and underscore",
            "line 11, roles: a role is one of agent, manager, hr, hr-health, auditor, administrator, data-protection",
            "line 12: has 2 fields where the header has 5",
            "line 13: has a quotation mark that does not close",
            "line 14, family_name: makes no username (holds no letter that can be written in ASCII): give one in a \
             column username",
        ]
    );
    let long = format!("given_name,family_name\n{},Dupont\n{},Dupont\n", "a".repeat(101), "a".repeat(5000));
    assert_eq!(
        refused(long),
        ["line 2, given_name: is longer than 100 characters", "line 3: is longer than 4096 bytes"]
    );
}

#[test]
fn the_later_of_two_alike_is_reported_and_homonyms_pass() {
    assert_eq!(
        refused(
            "given_name,family_name,staff_number,username\n\
             Jean,Dupont,1,\n\
             Jean,Dupont,2,\n\
             Anne,Martin,3,anne\n\
             Anna,Martin,4,anne\n\
             Anna,Martin,1,anna\n\
             Anna,Martin,4,anna\n"
        ),
        ["line 5, username: is the same as on line 4", "line 6, staff_number: is the same as on line 2"]
    );
}

#[test]
fn a_file_past_its_limits_ends_there() {
    let file = "given_name,family_name\nJean,Dupont\n\nAnne,Martin\nPaul,Petit\n";
    let read = |limits| {
        let rows: Vec<_> = AgentRows::open(file.as_bytes(), limits).unwrap().collect();
        let (last, before) = rows.split_last().unwrap();
        (before.len(), last.as_ref().err().map(ToString::to_string))
    };
    assert_eq!(read(Limits { rows: 2, bytes: 100 }), (2, Some("line 5: more than 2 rows".to_owned())));
    assert_eq!(read(Limits { rows: 9, bytes: 40 }), (1, Some("line 4: more than 40 bytes".to_owned())));
    assert_eq!(read(Limits { rows: 3, bytes: 59 }), (2, None));
}

#[test]
fn a_line_that_never_ends_is_read_up_to_the_limit() {
    let limits = Limits { rows: 9, bytes: 10_000 };
    let endless = || io::BufReader::new(io::repeat(b'a'));
    assert!(matches!(AgentRows::open(endless(), limits), Err(FileError::Header(HeaderError::NotCsv))));
    let rows = AgentRows::read((&b"given_name,family_name\n"[..]).chain(endless()), limits);
    assert!(matches!(rows, Err(FileError::TooManyBytes { line: 2, limit: 10_000 })));
}

#[test]
fn an_agent_does_not_print_personal_data() {
    assert!(!format!("{:?}", rows("given_name,family_name\nJean,Dupont\n")).contains("Dupont"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_their_end(body in proptest::collection::vec(any::<u8>(), 0..500)) {
        let _ = AgentRows::open(&body[..], Limits::default());
        let file = [b"given_name,family_name,roles\n".as_slice(), &body].concat();
        let _ = AgentRows::open(&file[..], Limits::default()).unwrap().count();
    }

    #[test]
    fn what_a_csv_writer_wrote_is_read_back(
        agents in proptest::collection::vec(("[A-Za-zéÉç'\",;][A-Za-zéÉç '\",;-]{0,20}[a-z]", "[a-z]{1,20}"), 0..20),
        semicolon: bool,
    ) {
        let delimiter = if semicolon { b';' } else { b',' };
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(["given_name", "family_name"]).unwrap();
        for (given, family) in &agents {
            writer.write_record([given, family]).unwrap();
        }
        let read: Vec<_> = rows(writer.into_inner().unwrap())
            .into_iter()
            .map(|row| row.map(|agent| (agent.given_name, agent.family_name)))
            .collect();
        prop_assert_eq!(read, agents.into_iter().map(Ok).collect::<Vec<_>>());
    }
}
