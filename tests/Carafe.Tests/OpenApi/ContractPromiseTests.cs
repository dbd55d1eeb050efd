using Carafe.OpenApi;
using Carafe.Tests.Wires;

namespace Carafe.Tests.OpenApi;

/// <summary>An app keeps what a document by somebody else promises, whatever else it has and however that document is written.</summary>
public sealed class ContractPromiseTests
{
    // OpenAPI 3.0, as others write it: a server with a path, parameters beside the operations, nullable, allOf, no errors.
    private const string Written = """
        openapi: 3.0.3
        info: { title: Notes, version: "1" }
        servers:
          - url: https://{host}/api
            variables: { host: { default: notes.example } }
        paths:
          /notes:
            get:
              parameters:
                - { name: tag, in: query, schema: { type: string } }
                - { name: Authorization, in: header, required: true, schema: { type: string } }
              responses:
                '200':
                  description: The notes.
                  content:
                    application/json:
                      schema: { type: array, items: { $ref: '#/components/schemas/Note' } }
            post:
              requestBody:
                required: true
                content:
                  application/json; charset=utf-8:
                    schema: { $ref: '#/components/schemas/NewNote' }
              responses:
                '201':
                  description: The note.
                  content:
                    application/json:
                      schema: { $ref: '#/components/schemas/Note' }
          /notes/{noteId}:
            parameters:
              - { name: noteId, in: path, required: true, schema: { type: integer } }
            get:
              responses:
                '200':
                  description: The note.
                  content:
                    application/json:
                      schema: { $ref: '#/components/schemas/Note' }
                default: { description: Something went wrong. }
        components:
          schemas:
            NewNote:
              type: object
              required: [title]
              properties:
                title: { type: string, maxLength: 100 }
                kind: { $ref: '#/components/schemas/Kind' }
            Note:
              allOf:
                - { $ref: '#/components/schemas/NewNote' }
                - type: object
                  required: [id, title]
                  properties:
                    id: { type: integer, format: int64 }
                    note: { type: string, nullable: true }
            Kind: { type: string, enum: [brief, full] }
        """;

    [Theory]
    [MemberData(nameof(TwoWires.Both), MemberType = typeof(TwoWires))]
    public async Task An_app_may_have_more_and_be_stricter(string wire)
    {
        await ImplementAsync(wire, Written);
        var exact = await Assert.ThrowsAsync<ContractException>(() => ImplementAsync(wire, Written, ContractMatch.Exact));
        Assert.Contains($"status {TwoWires.Invalid(wire)} is not in the written document", exact.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api", "/v2", "GET /notes", "the app has no such operation: the document's servers put it at /v2/notes")]
    [InlineData("name: tag", "name: label", "GET /notes", "query parameter label is missing from the app")]
    [InlineData("'201'", "'200'", "POST /notes", "status 200 is missing from the app")]
    [InlineData("'201'", "'200'", "POST /notes", "status 201 is not in the written document")]
    [InlineData("maxLength: 100", "maxLength: 50", "POST /notes", "body application/json.title.maxLength is 80 in the app and 50 in the written document")]
    [InlineData("[brief, full]", "[brief, full, medium]", "POST /notes",
        "body application/json.kind may be \"brief\", \"full\" in the app and \"brief\", \"full\", \"medium\" in the written document")]
    [InlineData("[brief, full]", "[brief]", "GET /notes",
        "status 200 application/json[].kind may be \"brief\", \"full\" in the app and \"brief\" in the written document")]
    [InlineData("nullable: true", "nullable: false", "GET /notes",
        "status 200 application/json[].note is null or string in the app and string in the written document")]
    [InlineData("note: {", "remark: {", "POST /notes", "status 201 application/json.remark is missing from the app")]
    [InlineData("required: [id, title]", "required: [id, remark]", "GET /notes",
        "status 200 application/json[].remark is optional or absent in the app and required in the written document")]
    [InlineData("id: { type: integer, format: int64 }", "id: { type: string }", "GET /notes",
        "status 200 application/json[].id is integer in the app and string in the written document")]
    [InlineData("required: [title]", "required: []", "POST /notes",
        "body application/json.title is required in the app and optional in the written document")]
    [InlineData("application/json; charset=utf-8:", "application/xml:", "POST /notes",
        "body application/xml is missing from the app, which reads application/json")]
    [InlineData("default: { description: Something went wrong. }", "'418': { description: A teapot. }", "GET /notes/{noteId}",
        "status 418 is missing from the app")]
    [InlineData("in: path, required: true, schema: { type: integer }", "in: path, required: true, schema: { type: string }", "GET /notes/{noteId}",
        "path parameter noteId is integer in the app and string in the written document")]
    [InlineData("servers:", "security: [ { token: [] } ]\nservers:", "GET /notes", "is open to everyone in the app")]
    [InlineData("description: The note.", "description: The note.\n          headers: { X-Cost: { schema: { type: integer } } }", "POST /notes",
        "status 201 header X-Cost is missing from the app")]
    public async Task A_promise_that_is_not_kept_is_listed_under_its_operation(string text, string other, string operation, string says)
    {
        foreach (var wire in (string[])[TwoWires.Kit, TwoWires.Foreign])
        {
            var written = Written.Replace(text, other, StringComparison.Ordinal);
            var fault = await Assert.ThrowsAsync<ContractException>(() => ImplementAsync(wire, written));
            var lines = fault.Message.Split(Environment.NewLine);
            Assert.Contains(lines.SkipWhile(line => line != operation).Skip(1).TakeWhile(line => line.StartsWith(' ')), line =>
                line.Contains(says.Replace("application/json", TwoWires.MediaType(wire), StringComparison.Ordinal), StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(TwoWires.Both), MemberType = typeof(TwoWires))]
    public async Task The_most_important_comes_first(string wire)
    {
        var fault = await Assert.ThrowsAsync<ContractException>(() => ImplementAsync(wire, Written
            .Replace("name: tag", "name: label", StringComparison.Ordinal).Replace("'201'", "'202'", StringComparison.Ordinal)
            .Replace("/notes/{noteId}:", "/remarks/{noteId}:", StringComparison.Ordinal)
            .Replace("[brief, full]", "[brief, full, x]", StringComparison.Ordinal)));
        Assert.Equal(
            [
                "GET /remarks/{noteId}", "  the app has no such operation: the document's servers put it at /api/remarks/{}",
                "POST /notes", "  status 202 is missing from the app",
                $"  body {TwoWires.MediaType(wire)}.kind may be \"brief\", \"full\" in the app and \"brief\", \"full\", \"x\" in the written document",
                "  status 201 is not in the written document",
                "GET /notes", "  query parameter label is missing from the app",
            ],
            fault.Message.Split(Environment.NewLine)[1..]);
    }

    [Fact]
    public async Task What_is_no_document_of_OpenAPI_3_is_said_so()
    {
        var fault = await Assert.ThrowsAsync<ContractException>(() => ImplementAsync(TwoWires.Kit, "swagger: '2.0'\npaths: {}"));
        Assert.Contains("is no OpenAPI document of version 3 with paths", fault.Message, StringComparison.Ordinal);
    }

    private static async Task ImplementAsync(string wire, string yaml, ContractMatch match = ContractMatch.PromisesKept)
    {
        await using var app = await SmallApp.StartAsync(app =>
        {
            app.MapDocs();
            var api = app.MapGroup("/api");
            api.MapGet("/notes", (string? tag, string? author) => new List<NoteResponse>());
            api.MapPost("/notes", (NoteRequest note) => TypedResults.Created("/api/notes/1", new NoteResponse(1, note.Title, note.Kind, null)));
            api.MapGet("/notes/{id:int}", (int id) => new NoteResponse(id, "a", NoteKind.Brief, null));
            api.MapDelete("/notes/{id:int}", (int id) => TypedResults.NoContent());
        }, builder =>
        {
            builder.Services.AddOpenApi(options => options.AddCarafeConventions());
            builder.Services.AddDocs();
            TwoWires.Of(wire)(builder);
        });
        var file = Path.GetTempFileName();
        var written = yaml.Replace("application/json", TwoWires.MediaType(wire), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, written, TestContext.Current.CancellationToken);
        try
        {
            await app.MustImplementAsync(file, match: match);
        }
        finally
        {
            File.Delete(file);
        }
    }
}

public enum NoteKind
{
    Brief,
    Full,
}

public sealed record NoteRequest([property: System.ComponentModel.DataAnnotations.MaxLength(80)] string Title, NoteKind Kind = NoteKind.Brief);

public sealed record NoteResponse(long Id, [property: System.ComponentModel.DataAnnotations.MaxLength(80)] string Title, NoteKind Kind, string? Note);
