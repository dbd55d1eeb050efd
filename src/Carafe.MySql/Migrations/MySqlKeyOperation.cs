using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.MySql.Migrations;

/// <summary>
/// Changes a primary key in one statement. A column whose values the server generates has to be in a key at every moment, so the key cannot go before the
/// column changes, and the column cannot come before the key.
/// </summary>
internal sealed class MySqlKeyOperation : MigrationOperation
{
    public required string Table { get; init; }

    public bool DropsKey { get; init; }

    public IReadOnlyList<DropColumnOperation> DroppedColumns { get; init; } = [];

    public IReadOnlyList<AlterColumnOperation> AlteredColumns { get; init; } = [];

    public IReadOnlyList<AddColumnOperation> AddedColumns { get; init; } = [];

    public AddPrimaryKeyOperation? AddedKey { get; init; }
}
