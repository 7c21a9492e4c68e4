use clap::CommandFactory;

use super::*;

fn words(line: &str) -> Vec<String> {
    // Single quotes hold a word together, as in a shell.
    line.split('\'').enumerate().fold(Vec::new(), |mut words, (at, part)| {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
        words
    })
}

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(words(line))
}

#[test]
fn the_definition_of_the_command_line_contradicts_nowhere() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_parses() {
    for line in [
        "avouch serve",
        "avouch serve --demo",
        "avouch --config /etc/avouch.toml serve",
        "avouch serve --config avouch.toml --json",
        "avouch setup-link",
        "avouch config example",
        "avouch config check",
        "avouch user add alice --email alice@example.com --email-verified --role admin --password-stdin --claims claims.json",
        "avouch user add bob",
        "avouch user list --limit 10 --after u1",
        "avouch user show alice",
        "avouch user set alice --username al --email a@example.com --email-verified=false --role user --claim tier=gold",
        "avouch user disable alice",
        "avouch user enable alice",
        "avouch user remove alice",
        "avouch user password alice --password-stdin",
        "avouch org add 'Acme Inc' --id acme",
        "avouch org list",
        "avouch org member add acme alice --role owner",
        "avouch org member remove acme alice",
        "avouch org activate acme alice",
        "avouch client add Shop --redirect-uri https://a.example/cb --redirect-uri https://b.example/cb --scope 'openid email'",
        "avouch client add Phone --public --native --redirect-uri com.example.app:/cb --no-claims-in-id-token --at-hash",
        "avouch client add Batch --grant client_credentials --auth-method client_secret_post --audience https://api.example",
        "avouch client add Old --redirect-uri https://c.example/cb --no-pkce --first-party --client-id old --client-secret-stdin",
        "avouch client add T --redirect-uri https://d.example/ --post-logout-redirect-uri https://d.example/bye \
         --access-token-lifetime 300 --id-token-lifetime 5m --refresh-token-lifetime 30d",
        "avouch client add --file client.json",
        "avouch client list",
        "avouch client show abc",
        "avouch client set abc --set client_uri=https://shop.example --first-party=false --name Shop",
        "avouch client registration-token new --lifetime 1d --uses 1 --note 'for the shop'",
        "avouch client registration-token list",
        "avouch client registration-token revoke abc",
        "avouch client disable abc",
        "avouch client enable abc",
        "avouch client remove abc",
        "avouch client rotate-secret abc",
        "avouch client rotate-secret abc --keep-old 0s --json",
        "avouch key list",
        "avouch key rotate",
        "avouch key rotate --emergency",
        "avouch key import old.pem",
        "avouch key export-public --json",
    ] {
        assert!(parse(line).is_ok(), "{line}: {}", parse(line).unwrap_err());
    }
}

#[test]
fn wrong_usage_exits_with_2() {
    for line in [
        "avouch",
        "avouch fly",
        "avouch user",
        "avouch user add",
        "avouch client add",
        "avouch client add Shop --file client.json",
        "avouch client add Shop --grant password",
        "avouch client add Shop --public --auth-method client_secret_basic",
        "avouch client add Shop --scope 'open\"id'",
        "avouch client rotate-secret abc --keep-old tomorrow",
        "avouch key import",
        "avouch serve now",
    ] {
        let refusal = parse(line).map(|_| ()).unwrap_err();
        assert!(refusal.use_stderr() && refusal.exit_code() == 2, "{line}");
    }
    for line in ["avouch --help", "avouch --version", "avouch client add --help"] {
        assert!(!parse(line).map(|_| ()).unwrap_err().use_stderr(), "{line}");
    }
}

#[test]
fn the_help_of_every_command_says_what_it_is_for_in_one_line() {
    fn visit(command: &clap::Command, path: &str) {
        let path = format!("{path} {}", command.get_name());
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(
            (10..=90).contains(&about.len()) && !about.contains('\n'),
            "{path}: {about:?}"
        );
        for argument in command
            .get_arguments()
            .filter(|it| !matches!(it.get_id().as_str(), "help" | "version"))
        {
            assert!(argument.get_help().is_some(), "{path} {}", argument.get_id());
        }
        command
            .get_subcommands()
            .filter(|it| it.get_name() != "help")
            .for_each(|it| visit(it, &path));
    }
    visit(&Cli::command(), "");
}

#[test]
fn the_examples_in_the_help_parse() {
    fn examples(command: &clap::Command) -> Vec<String> {
        let own = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let inner = command.get_subcommands().flat_map(examples);
        own.lines()
            .filter_map(|line| line.split_once("avouch "))
            .filter(|(before, _)| before.trim().is_empty() || before.ends_with("| "))
            .map(|(_, line)| {
                format!(
                    "avouch {}",
                    line.split(" >").next().unwrap_or_default().replace('"', "'")
                )
            })
            .chain(inner)
            .collect()
    }
    let examples = examples(&Cli::command());
    assert!(examples.len() > 10);
    for line in examples {
        assert!(parse(&line).is_ok(), "{line}: {}", parse(&line).unwrap_err());
    }
}

#[test]
fn every_command_survives_the_way_through_the_socket() {
    use crate::idp::admin::NewClient;
    for line in [
        "avouch client add Shop --redirect-uri https://a.example/cb --access-token-lifetime 300 --client-id shop",
        "avouch client add Batch --grant client_credentials",
    ] {
        let Command::Client(command) = parse(line).unwrap().command else {
            panic!()
        };
        let mut console = Console {
            input: &mut io::empty(),
            terminal: false,
            ask: &mut |_| Ok(String::new()),
        };
        let sent = command.request(&mut console).unwrap().command;
        let received: AdminCommand = serde_json::from_str(&serde_json::to_string(&sent).unwrap()).unwrap();
        let (AdminCommand::ClientAdd(sent), AdminCommand::ClientAdd(received)) = (sent, received) else {
            panic!()
        };
        let NewClient {
            client_id,
            client_secret,
            metadata,
        } = *received;
        assert_eq!(
            (client_id, client_secret, metadata),
            (sent.client_id, sent.client_secret, sent.metadata),
            "{line}"
        );
    }
}
