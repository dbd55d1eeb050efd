using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace MyApi.Migrations
{
    /// <inheritdoc />
    public partial class AddTasksAndMail : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "email_verified_at",
                table: "users",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "mail_tokens",
                columns: table => new
                {
                    id = table.Column<int>(nullable: false)
                        .Annotation("Carafe:GeneratedKey", true),
                    hash = table.Column<byte[]>(maxLength: 32, nullable: false),
                    user_id = table.Column<int>(nullable: false),
                    purpose = table.Column<int>(nullable: false),
                    email = table.Column<string>(maxLength: 254, nullable: false),
                    expires_at = table.Column<DateTimeOffset>(nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mail_tokens", x => x.id);
                    table.ForeignKey(
                        name: "fk_mail_tokens_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "task_limits",
                columns: table => new
                {
                    lane = table.Column<string>(maxLength: 161, nullable: false),
                    arrives_at = table.Column<long>(nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_task_limits", x => x.lane);
                });

            migrationBuilder.CreateTable(
                name: "task_schedules",
                columns: table => new
                {
                    name = table.Column<string>(maxLength: 80, nullable: false),
                    definition = table.Column<string>(maxLength: 300, nullable: false),
                    next_at = table.Column<long>(nullable: false),
                    last_at = table.Column<long>(nullable: true),
                    last_task = table.Column<Guid>(nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_task_schedules", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "task_workers",
                columns: table => new
                {
                    id = table.Column<Guid>(nullable: false),
                    name = table.Column<string>(maxLength: 200, nullable: false),
                    queues = table.Column<string>(maxLength: 2000, nullable: false),
                    concurrency = table.Column<int>(nullable: false),
                    running = table.Column<int>(nullable: false),
                    started_at = table.Column<long>(nullable: false),
                    lease_until = table.Column<long>(nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_task_workers", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "tasks",
                columns: table => new
                {
                    id = table.Column<Guid>(nullable: false),
                    name = table.Column<string>(maxLength: 80, nullable: false),
                    version = table.Column<int>(nullable: false),
                    arguments = table.Column<string>(nullable: false),
                    queue = table.Column<string>(maxLength: 80, nullable: false),
                    lane = table.Column<string>(maxLength: 161, nullable: false),
                    state = table.Column<int>(nullable: false),
                    rank = table.Column<int>(nullable: false),
                    next_at = table.Column<long>(nullable: false),
                    expires_at = table.Column<long>(nullable: true),
                    attempt = table.Column<int>(nullable: false),
                    max_attempts = table.Column<int>(nullable: false),
                    backoff = table.Column<long>(nullable: false),
                    max_backoff = table.Column<long>(nullable: false),
                    soft_limit = table.Column<long>(nullable: false),
                    hard_limit = table.Column<long>(nullable: false),
                    retention = table.Column<long>(nullable: false),
                    unique_key = table.Column<string>(maxLength: 231, nullable: true),
                    unique_for = table.Column<long>(nullable: false),
                    owner = table.Column<string>(maxLength: 200, nullable: true),
                    trace = table.Column<string>(maxLength: 60, nullable: true),
                    depth = table.Column<int>(nullable: false),
                    then_id = table.Column<Guid>(nullable: true),
                    position = table.Column<int>(nullable: false),
                    waits = table.Column<int>(nullable: false),
                    worker = table.Column<Guid>(nullable: true),
                    progress = table.Column<double>(nullable: true),
                    message = table.Column<string>(maxLength: 200, nullable: true),
                    result = table.Column<string>(nullable: true),
                    error = table.Column<string>(nullable: true),
                    enqueued_at = table.Column<long>(nullable: false),
                    started_at = table.Column<long>(nullable: true),
                    finished_at = table.Column<long>(nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tasks", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_mail_tokens_expires_at",
                table: "mail_tokens",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_mail_tokens_hash",
                table: "mail_tokens",
                column: "hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_mail_tokens_user_id",
                table: "mail_tokens",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_tasks_expires_at",
                table: "tasks",
                column: "expires_at",
                filter: "expires_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_tasks_state_lane_rank_next_at_id",
                table: "tasks",
                columns: new[] { "state", "lane", "rank", "next_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_tasks_state_next_at",
                table: "tasks",
                columns: new[] { "state", "next_at" });

            migrationBuilder.CreateIndex(
                name: "ix_tasks_then_id",
                table: "tasks",
                column: "then_id",
                filter: "then_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_tasks_unique_key",
                table: "tasks",
                column: "unique_key",
                filter: "unique_key IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "mail_tokens");

            migrationBuilder.DropTable(
                name: "task_limits");

            migrationBuilder.DropTable(
                name: "task_schedules");

            migrationBuilder.DropTable(
                name: "task_workers");

            migrationBuilder.DropTable(
                name: "tasks");

            migrationBuilder.DropColumn(
                name: "email_verified_at",
                table: "users");
        }
    }
}
