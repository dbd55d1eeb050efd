using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Carafe.MySql.Infrastructure;

/// <summary>Holds the definitions of log messages; those of EF Core's relational layer are all.</summary>
internal sealed class MySqlLoggingDefinitions : RelationalLoggingDefinitions;
