"""Writes the projects into OUT and makes MySQL's tests of those for SQLite: prepare.py OUT VERSION PROVIDER.csproj. Called by build."""
import os
import re

import northwind
import projects
from projects import LITE, MINE, OUT, REL, SPEC, TEST

# What is about SQLite alone: its options, its SQL, its types, its files. Or what needs packages that this build leaves out: spatial types.
LEFT_OUT = re.compile(
    r"TestUtilities/|Scaffolding/|Spatial|JsonTypes|BadData|SqliteMigrationsSqlGenerator|AutoincrementTest|ApiConsistency|ComplianceTest|DatabaseCreatorTest|"
    r"DatabaseFacadeTestExtensions|ServiceCollectionExtensionsTest|SqliteValueGenerationScenarios|SqliteTestModelBuilderExtensions|SqliteUpdateSqlGenerator|"
    r"DefaultValuesTest|CommandConfigurationTest|LegacySqliteTest")
# Overrides that do not only compare SQL or say what SQLite cannot do.
KEPT = {"UseTransaction", "ReseedAsync", "InitializeAsync", "DisposeAsync", "Dispose", "PopulateFrom", "Can_get_active_provider",
        "Can_diff_against_2_2_model", "Can_diff_against_2_1_ASP_NET_Identity_model", "Can_diff_against_2_2_ASP_NET_Identity_model",
        "Can_diff_against_3_0_ASP_NET_Identity_model", "Add_required_primitive_collection_with_custom_default_value_sql_to_existing_table",
        "Add_required_primitve_collection_with_custom_default_value_sql_to_existing_table", "Identifiers_are_generated_correctly"}
# Tests that SQLite's project adds, and that are about it.
DROPPED = re.compile(r"Check_all_tests_overridden|[Aa]utoincrement|Properties_with_conversions_map_to|"
                     r"AmbientTransactionWarning_throws_by_default|Empty_string_used_for_primitive_collection_throws")
LITE_ONLY = re.compile(r"SqliteStrings|SqliteValueGenerationStrategy|EF\.Functions\.(Hex|Unhex|Substr|Glob)|SqliteDatabaseFacadeTest")
REFUSES = re.compile(r"Assert\.Throws|AssertTranslationFailed|AssertApplyNotSupported|AssertNotSupported")
LONG_TEXTS = """            modelBuilder.Entity<MaxLengthDataTypes>(b =>
            {
                b.Property(e => e.String9000).HasColumnType("longtext");
                b.Property(e => e.StringUnbounded).HasColumnType("longtext");
            });
"""
SIGNATURE = re.compile(r"^( +)(?:public|protected|private) (override|virtual|async|void|static)?.*?\b(Task(?:<string\??>)?|void)\s+(\w+)\((.*)$")


def read(path):
    with open(os.path.join(TEST, path), encoding="utf-8-sig") as f:
        return f.read()


def write(path, text):
    """Writes a file that has changed, so that a second build compiles no more than it has to."""
    path = os.path.join(TEST, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.exists(path):
        with open(path, encoding="utf-8-sig") as f:
            if f.read() == text:
                return
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def patch(path, old, new):
    text = read(path)
    if old not in text and new in text:
        return
    assert old in text, f"{path}: not as expected, adapt prepare.py"
    write(path, text.replace(old, new))


def end_of_member(lines, at, indent):
    """Returns the index behind the member that begins at a line: of a block, or of an expression."""
    block, raw = False, False
    for i in range(at, len(lines)):
        line = lines[i]
        if not raw and line == indent + "{":
            block = True
        if not raw and block and line == indent + "}":
            return i + 1
        if line.count('"""') % 2:
            raw = not raw
        if not raw and not block and (line.endswith(";") or re.search(r"\{.*\}\s*$", line)) and not line.startswith(indent + "["):
            return i + 1
    raise ValueError("a member without an end")


def rewrite(text, name):
    """Takes the overrides out, so that the base's tests run. Where SQLite refuses the query, a refusal passes as well."""
    text = re.sub(r"(public override (?:async )?(?:Task|void))\s+(\w+)\(\s*([^)]*?)\s*\)", lambda m: f"{m[1]} {m[2]}({' '.join(m[3].split())})", text)
    lines, out, i = text.split("\n"), [], 0
    while i < len(lines):
        start = i
        while re.match(r"^ +\[(?!\[)[A-Z]", lines[i]):
            while not lines[i].rstrip().endswith("]"):
                i += 1
            i += 1
        match = SIGNATURE.match(lines[i]) if i < len(lines) else None
        if not match:
            i = start
            out.append(lines[i])
            i += 1
            continue
        indent, kind, _, method, rest = match.groups()
        end = end_of_member(lines, i, indent)
        body = "\n".join(lines[i:end])
        if kind == "override" and lines[i].lstrip().startswith("protected"):
            out.extend(lines[start:end])
            i = end
            continue
        if kind == "override" and is_as_it_is(method, body, lines[start:i], name):
            out.extend(lines[start:end])
            i = end
            continue
        of_sqlite = "BuiltInDataTypes" in name and "[Conditional" in "".join(lines[start:i])
        if kind == "override" or of_sqlite or DROPPED.search(method) or LITE_ONLY.search(body):
            if kind == "override" and REFUSES.search(body) and re.search(r"base\s*\.", body):
                out.extend(accept_either(indent, method, body))
            i = end
            while i < len(lines) and lines[i].strip() == "" and out and out[-1].strip() == "":
                i += 1
            continue
        out.extend(lines[start:end])
        i = end
    return "\n".join(out)


def is_as_it_is(method, body, attributes, name):
    """Whether an override is about EF Core itself: what it throws on every database, or a test that its classes take out."""
    if method in KEPT or "FieldMapping" in name:
        return True
    thrown = set(re.findall(r"Assert\.Throws(?:Any)?(?:Async)?<(\w+)>", body)) - {"InvalidOperationException", "NotSupportedException", "SqliteException"}
    if "JsonUpdate" not in name:
        thrown -= {"EqualException"}
    return bool(thrown) or (re.search(r"=> Task\.CompletedTask;|=> Task\.FromResult", body) and "Skip" not in "".join(attributes))


def accept_either(indent, method, body):
    parameters = re.search(re.escape(method) + r"\(([^)]*)\)", body).group(1)
    names = ", ".join(p.split("=")[0].split()[-1] for p in parameters.split(",") if p.strip())
    task = re.search(r"\bTask\s+" + method, body) is not None
    call = f"() => base.{method}({names})" + (", alsoByServer: true" if "SqliteException" in body else "")
    return [f"{indent}public override {'Task' if task else 'void'} {method}({parameters})",
            f"{indent}    => Refusal.Accept{'Async' if task else ''}({call});"]


def adapt(text, path):
    """Gives the tests what this server has in place of SQLite's: collations, functions, types, batches, ambient transactions."""
    text = text.replace('"NOCASE"', '"utf8mb4_general_ci"').replace('=> "BINARY"', '=> "utf8mb4_bin"').replace('"randomblob(16)"', '"RANDOM_BYTES(16)"')
    text = text.replace("GETUTCDATE()", "UTC_TIMESTAMP()").replace("[Entities]", "`Entities`")
    text = text.replace('($"Data Source = Seeds{TestId}.db")', 'MySqlTestStore.Server + $";Database=Seeds{TestId}"')
    if "CommandInterception" in path:
        text = re.sub(r'^SELECT "s".*$', lambda m: m[0].replace('"', "`"), text, flags=re.M)
    if "StoreValueGenerationSqliteTest" in path:
        text = re.sub(r"    protected override int ShouldExecuteInNumberOfCommands\(.*?;\n", "", text, flags=re.S)
    if "TransactionSqliteTest" in path:
        text = text.replace("    protected override bool SnapshotSupported", "    protected override bool AmbientTransactionsSupported\n        => true;\n\n"
                            "    protected override bool SnapshotSupported")
    if "BuiltInDataTypesSqliteTest" in path:
        # Types that only SQLite takes. And a row has 65,535 bytes, which two texts of 9,000 characters do not fit into.
        at = text.index("            modelBuilder.Entity<MappedDataTypes>")
        text = text[:at] + LONG_TEXTS + text[text.index("        }\n\n        public override bool SupportsBinaryKeys", at):]
    if path.startswith(("ConvertToProviderTypes", "CustomConverters")):
        call = "            base.OnModelCreating(modelBuilder, context);\n"
        text = text.replace(call, call + "\n" + LONG_TEXTS)
    return text


def tests():
    for folder, _, files in os.walk(os.path.join(TEST, LITE)):
        for file in files:
            path = os.path.relpath(os.path.join(folder, file), os.path.join(TEST, LITE))
            if not file.endswith(".cs") or LEFT_OUT.search(path):
                continue
            text = rewrite(read(f"{LITE}/{path}").replace("\r\n", "\n"), path)
            text = re.sub(r"^\s*using Microsoft\.(Data|EntityFrameworkCore)\.Sqlite[^\n]*\n", "", text, flags=re.M)
            text = re.sub(r"^\s*\[Sqlite\w*Condition[^\n]*\n", "", text, flags=re.M)
            text = adapt(text, path)
            text = text.replace("Microsoft.EntityFrameworkCore.Sqlite", "Carafe.MySql")
            text = text.replace("Sqlite", "MySql").replace("SQLite", "MySQL").replace("sqlite", "mysql")
            write(f"{MINE}/{path.replace('Sqlite', 'MySql')}", text)


projects.write()
tests()
with open(os.path.join(OUT, "northwind.sql"), "w", encoding="utf-8") as out:
    out.write("\n".join(northwind.statements(f"{TEST}/{LITE}/northwind.db")) + "\n")
# An analyzer's diagnostics are of no use here, and it needs a package that this build leaves out.
patch(SPEC + "/TestUtilities/BuildSource.cs",
      "                CreateOptions())\n            .WithAnalyzers([new UninitializedDbSetDiagnosticSuppressor()]);\n\n"
      "        var diagnostics = await compilation.GetAllDiagnosticsAsync();",
      "                CreateOptions());\n\n        await Task.Yield();\n        var diagnostics = compilation.GetDiagnostics();")
patch(SPEC + "/TestUtilities/BuildSource.cs", "compilation.Compilation", "compilation")
# The SQL is the provider's own. What it returns is compared.
patch(REL + "/TestUtilities/TestSqlLoggerFactory.cs",
      "        if (_proceduralQueryGeneration)\n        {\n            return;\n        }\n\n        var offset",
      "        if (_proceduralQueryGeneration || expected is not null)\n        {\n            return;\n        }\n\n        var offset")
# The server has six digits of a second, and no offset; EF Core's data have seven, and one of an hour and a half.
path = SPEC + "/TestModels/BasicTypesModel/BasicTypesData.cs"
write(path, read(path).replace("TimeSpan.FromTicks(4)", "TimeSpan.FromTicks(0)").replace("AddTicks(4)", "AddTicks(0)")
      .replace("new TimeSpan(1, 30, 0))", "TimeSpan.Zero)"))
path = SPEC + "/TestModels/GearsOfWarModel/GearsOfWarData.cs"
write(path, read(path).replace("TimeSpan.FromTicks(4)", "TimeSpan.FromTicks(0)")
      .replace("599898024001234567, new TimeSpan(1, 30, 0)", "599898024001234560, TimeSpan.Zero")
      .replace("new TimeSpan(-5, 0, 0)", "TimeSpan.Zero"))
# The driver says "Unspecified" of a transaction that has the server's own level.
patch(REL + "/TransactionInterceptionTestBase.cs", "Assert.NotEqual(IsolationLevel.Unspecified, eventData.Transaction.IsolationLevel);",
      "Assert.NotNull(eventData.Transaction);")
# The names in SQL of the tests: [name] is SQL Server's and SQLite's.
path = REL + "/TestModels/Northwind/NorthwindRelationalContext.cs"
write(path, re.sub(r"\[(\w+)\]", r"`\1`", read(path)))
