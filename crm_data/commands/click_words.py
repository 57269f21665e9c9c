"""What click itself says, which looks its words up in our catalog (see ``speaking``): collected here so that they are translated."""
from crm_data.errors import N_


def n(one: str, many: str) -> tuple[str, str]:
    """Marks a plural."""
    return one, many


PLURALS = (n("{value!r} is not {choice}.", "{value!r} is not one of {choices}."), n("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
           n("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
           n("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."))
CLICK = (
    N_("Usage:"), N_("Options"), N_("Commands"), N_("Show this message and exit."), N_("Show the version and exit."), N_("%(prog)s, version %(version)s"),
    N_("default: {default}"), N_("Aborted!"), N_("Error: {message}"), N_("Try '{command} {option}' for help."), N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"), N_("Missing command."), N_("Missing argument"), N_("Missing option"), N_("Missing parameter"),
    N_("Missing parameter: {param_name}"), N_("No such option {name!r}."), N_("No such command {name!r}."), N_("Option {name!r} does not take a value."),
    N_("Choose from:\n\t{choices}"), N_("{value!r} is not a valid {number_type}."), N_("{value} is not in the range {range}."),
    N_("{name} {filename!r} does not exist."), N_("{name} {filename!r} is a file."), N_("{name} {filename!r} is a directory."), N_("{name} {filename!r} is not readable."),
    N_("{name} {filename!r} is not writable."), N_("Repeat for confirmation"), N_("Error: The two entered values do not match."), N_("Error: invalid input"), N_("required"))
#: What a value may be, as errors name it (Click translates those of paths alone).
TYPES = {"integer": N_("integer"), "integer range": N_("whole number"), "float": N_("number"), "text": N_("text"), "path": N_("path"), "file": N_("file"), "directory": N_("directory")}
