"""Writes the projects that prepare.py makes into OUT."""
import os
import re
import sys

OUT, VERSION, PROVIDER = sys.argv[1:4]
HERE = os.path.dirname(os.path.abspath(__file__))
TEST = os.path.join(OUT, "ef/test")
SPEC, REL = "EFCore.Specification.Tests", "EFCore.Relational.Specification.Tests"
LITE, MINE = "EFCore.Sqlite.FunctionalTests", "EFCore.MySql.FunctionalTests"


def usings(folder):
    with open(f"{TEST}/{folder}/{folder}.csproj", encoding="utf-8-sig") as f:
        return "\n".join("    " + u for u in re.findall(r'<Using Include="[^"]+" />', f.read()) if "Sqlite" not in u)


def package(name, version=VERSION):
    return f'    <PackageReference Include="{name}" Version="{version}" />'


def sources(folder, *without):
    left_out = ";".join(f"../ef/test/{folder}/{x}" for x in without)
    return f'    <Compile Include="../ef/test/{folder}/**/*.cs" Exclude="{left_out}" />'


def project(name, assembly, body, using, extra=""):
    folder = os.path.join(OUT, name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + ".csproj"), "w", encoding="utf-8") as f:
        f.write(f'<Project Sdk="Microsoft.NET.Sdk">\n  <PropertyGroup>\n    <AssemblyName>{assembly}</AssemblyName>\n{extra}  </PropertyGroup>\n'
                f"  <ItemGroup>\n{using}\n  </ItemGroup>\n  <ItemGroup>\n{body}\n  </ItemGroup>\n</Project>\n")


def write():
    """Writes the projects of EF Core's two test libraries and of the tests of the provider."""
    with open(os.path.join(OUT, "Directory.Build.props"), "w", encoding="utf-8") as f:
        f.write("""<Project>
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <LangVersion>preview</LangVersion>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
    <RootNamespace>Microsoft.EntityFrameworkCore</RootNamespace>
    <NoWarn>$(NoWarn);CS0436;EF1001;EF1002;EF1003;EF8001;EF9100;NU1603;NU1605;NU1608;NETSDK1023;MSB3277</NoWarn>
    <TreatWarningsAsErrors>false</TreatWarningsAsErrors>
    <WarningLevel>0</WarningLevel>
    <RunAnalyzers>false</RunAnalyzers>
    <NuGetAudit>false</NuGetAudit>
    <EnableDefaultCompileItems>false</EnableDefaultCompileItems>
    <ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally>
  </PropertyGroup>
</Project>
""")
    for name in ("Directory.Build.targets", "Directory.Packages.props"):
        with open(os.path.join(OUT, name), "w", encoding="utf-8") as f:
            f.write("<Project />\n")
    project("Spec", "Microsoft.EntityFrameworkCore.Specification.Tests", "\n".join([
        sources(SPEC, "BadDataJson*.cs", "JsonTypesTestBase.cs"), '    <Compile Include="../ef/src/Shared/*.cs" />',
        package("Microsoft.EntityFrameworkCore"), package("Microsoft.EntityFrameworkCore.Design"), package("Microsoft.EntityFrameworkCore.Proxies"),
        package("NetTopologySuite", "2.6.0"), package("Newtonsoft.Json", "13.0.4"), package("xunit", "2.9.3")]),
        usings(SPEC), "    <IsTestProject>false</IsTestProject>\n")
    project("RelSpec", "Microsoft.EntityFrameworkCore.Relational.Specification.Tests", "\n".join([
        sources(REL, "JsonTypes*.cs", "BadDataJson*.cs"), '    <Compile Include="../ef/src/Shared/*.cs" />',
        package("Microsoft.EntityFrameworkCore.Relational"), package("Microsoft.EntityFrameworkCore.Design"), package("Microsoft.Extensions.DependencyModel"),
        '    <ProjectReference Include="../Spec/Spec.csproj" />']),
        usings(REL), "    <IsTestProject>false</IsTestProject>\n")
    project("MySql", "Carafe.MySql.Specification", "\n".join([
        sources(MINE), f'    <Compile Include="{HERE}/support/*.cs" />', '    <Compile Include="../ef/test/Shared/ModuleInitializer.cs" />',
        package("Microsoft.NET.Test.Sdk", "18.11.0"), package("xunit.runner.visualstudio", "3.1.5"),
        '    <ProjectReference Include="../RelSpec/RelSpec.csproj" />', f'    <ProjectReference Include="{PROVIDER}" />']),
        usings(LITE) + "".join(f'\n    <Using Include="{u}" />' for u in (
            "Carafe.MySql.Infrastructure", "Carafe.MySql.Scaffolding", "MySqlConnector")),
        "    <PreserveCompilationContext>true</PreserveCompilationContext>\n")
