using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace MyApi.Migrations
{
    /// <inheritdoc />
    public partial class AddKnownDevices : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "known_devices",
                columns: table => new
                {
                    id = table.Column<int>(nullable: false)
                        .Annotation("Carafe:GeneratedKey", true),
                    user_id = table.Column<int>(nullable: false),
                    hash = table.Column<byte[]>(maxLength: 32, nullable: false),
                    used_at = table.Column<DateTimeOffset>(nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_known_devices", x => x.id);
                    table.ForeignKey(
                        name: "fk_known_devices_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_mail_tokens_email",
                table: "mail_tokens",
                column: "email");

            migrationBuilder.CreateIndex(
                name: "ix_known_devices_user_id_used_at",
                table: "known_devices",
                columns: new[] { "user_id", "used_at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "known_devices");

            migrationBuilder.DropIndex(
                name: "ix_mail_tokens_email",
                table: "mail_tokens");
        }
    }
}
