using Carafe.MySql.Migrations;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.MySql.Tests;

/// <summary>Statements commit by themselves here, so nothing goes before rows are copied out of it.</summary>
public sealed class OperationOrderTests
{
    [Fact]
    public void A_column_stays_until_the_statement_that_copies_it()
    {
        var builder = new MigrationBuilder("Carafe.MySql");
        builder.DropPrimaryKey("PK_Things", "Things");
        builder.AddColumn<string>("Code", "Things");
        builder.Sql("UPDATE Things SET Code = OldCode");
        builder.DropColumn("OldCode", "Things");
        builder.AddPrimaryKey("PK_Things", "Things", "Code");
        Assert.Equal(builder.Operations, MySqlOperationOrder.Sort(builder.Operations));
    }

    [Fact]
    public void A_key_that_is_dropped_takes_its_column_along_where_no_rows_are_touched()
    {
        var builder = new MigrationBuilder("Carafe.MySql");
        builder.DropPrimaryKey("PK_Things", "Things");
        builder.DropColumn("Id", "Things");
        builder.AddPrimaryKey("PK_Things", "Things", "Code");
        Assert.Equal([typeof(MySqlKeyOperation), typeof(AddPrimaryKeyOperation)],
            MySqlOperationOrder.Sort(builder.Operations).Select(operation => operation.GetType()));
    }
}
