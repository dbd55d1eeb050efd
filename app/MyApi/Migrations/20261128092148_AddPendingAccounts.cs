using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace MyApi.Migrations
{
    /// <inheritdoc />
    public partial class AddPendingAccounts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "pending_accounts",
                columns: table => new
                {
                    id = table.Column<int>(nullable: false)
                        .Annotation("Carafe:GeneratedKey", true),
                    username = table.Column<string>(maxLength: 80, nullable: false),
                    email = table.Column<string>(maxLength: 254, nullable: false),
                    password_hash = table.Column<string>(maxLength: 256, nullable: false),
                    code_hash = table.Column<byte[]>(maxLength: 32, nullable: false),
                    expires_at = table.Column<DateTimeOffset>(nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pending_accounts", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_pending_accounts_code_hash",
                table: "pending_accounts",
                column: "code_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_pending_accounts_email",
                table: "pending_accounts",
                column: "email");

            migrationBuilder.CreateIndex(
                name: "ix_pending_accounts_expires_at",
                table: "pending_accounts",
                column: "expires_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "pending_accounts");
        }
    }
}
