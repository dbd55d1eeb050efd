using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyApi.Migrations
{
    /// <inheritdoc />
    public partial class AddTaskMinutes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "task_minutes",
                columns: table => new
                {
                    starts_at = table.Column<long>(nullable: false),
                    source = table.Column<Guid>(nullable: false),
                    succeeded = table.Column<long>(nullable: false),
                    retried = table.Column<long>(nullable: false),
                    failed = table.Column<long>(nullable: false),
                    waits = table.Column<string>(maxLength: 1000, nullable: false),
                    runs = table.Column<string>(maxLength: 1000, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_task_minutes", x => new { x.starts_at, x.source });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "task_minutes");
        }
    }
}
