using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyApi.Migrations
{
    /// <inheritdoc />
    public partial class FoldFilePaths : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "folded_path",
                table: "files",
                maxLength: 420,
                nullable: false,
                defaultValue: "");

            // The app folds more than lower() does. Of names that are one already, each but the first keeps a key that no name can have.
            migrationBuilder.Sql("""UPDATE "files" SET "folded_path" = lower("path")""");
            migrationBuilder.Sql("""
                UPDATE "files" SET "folded_path" = "folded_path" || '//' || "id"
                WHERE EXISTS (SELECT 1 FROM "files" AS "first" WHERE "first"."folded_path" = "files"."folded_path" AND "first"."id" < "files"."id")
                """);

            migrationBuilder.CreateIndex(
                name: "ix_files_folded_path",
                table: "files",
                column: "folded_path",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_files_folded_path",
                table: "files");

            migrationBuilder.DropColumn(
                name: "folded_path",
                table: "files");
        }
    }
}
