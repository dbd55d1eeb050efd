using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyApi.Migrations
{
    /// <inheritdoc />
    public partial class UsernamesInAnyCase : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_users_username",
                table: "users");

            migrationBuilder.AddColumn<string>(
                name: "username_key",
                table: "users",
                maxLength: 80,
                nullable: false,
                defaultValue: "");

            // Of names that differ only in case the oldest account keeps its own; people sign in by their address.
            migrationBuilder.Sql(
                "UPDATE users SET username = username || '-' || id WHERE EXISTS "
                + "(SELECT 1 FROM users AS other WHERE lower(other.username) = lower(users.username) AND other.id < users.id)");
            migrationBuilder.Sql("UPDATE users SET username_key = lower(username)");

            migrationBuilder.CreateIndex(
                name: "ix_users_username",
                table: "users",
                column: "username");

            migrationBuilder.CreateIndex(
                name: "ix_users_username_key",
                table: "users",
                column: "username_key",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_users_username",
                table: "users");

            migrationBuilder.DropIndex(
                name: "ix_users_username_key",
                table: "users");

            migrationBuilder.DropColumn(
                name: "username_key",
                table: "users");

            migrationBuilder.CreateIndex(
                name: "ix_users_username",
                table: "users",
                column: "username",
                unique: true);
        }
    }
}
