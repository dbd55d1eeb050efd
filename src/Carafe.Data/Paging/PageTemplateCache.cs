using System.Linq.Expressions;
using Carafe.Data.Queries.Compiled;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;

namespace Carafe.Data.Paging;

/// <summary>Records a type of context that the app has added.</summary>
internal sealed record ContextType(Type Type);

/// <summary>Finds the template of a list.</summary>
internal static class PageTemplateCache<TEntity, TResult>
{
    private static readonly string _name = $"Carafe:Pages:{typeof(TResult).AssemblyQualifiedName}";

    /// <summary>Finds the template, the context to run it on, if it is compiled, and the captured values.</summary>
    public static (PageTemplate<TEntity, TResult> Template, DbContext? Db, object?[] Captured) Find(IQueryable<TEntity> rows, LambdaExpression select,
        HttpContext? request)
    {
        var root = Root(rows.Expression);
        var entity = root.EntityType.ClrType == typeof(TEntity) ? root.EntityType : root.EntityType.Model.FindEntityType(typeof(TEntity));
        if (entity?.FindPrimaryKey() is null)
        {
            throw Keyless();
        }

        if (Context(root, request) is { } db)
        {
            var seen = entity.GetOrAddRuntimeAnnotationValue<QueryTemplateCache<PageTemplate<TEntity, TResult>>, object?>(_name, static _ => new(), null);
            if (seen.Find(shape => new(shape.Parts[0], (LambdaExpression)shape.Parts[1], shape.Slots, entity, shape.IsTimeless), rows.Expression,
                select) is var (template, captured))
            {
                return (template, db, captured);
            }
        }

        return (new(rows.Expression, select, [], entity, timeless: false, root.QueryProvider), null, []);
    }

    // The source of a list is the first argument of each call.
    private static EntityQueryRootExpression Root(Expression rows)
    {
        while (rows is MethodCallExpression { Arguments: [var source, ..] })
        {
            rows = source;
        }

        return rows as EntityQueryRootExpression ?? throw Keyless();
    }

    // The request's context, if the list was made from it.
    private static DbContext? Context(EntityQueryRootExpression root, HttpContext? request)
    {
        if (request is null)
        {
            return null;
        }

        var model = root.EntityType.Model;
        var type = model.GetOrAddRuntimeAnnotationValue("Carafe:Context", static from => Owner(from.Services, from.Model),
            (Services: request.RequestServices, Model: model));
        return type is not null && request.RequestServices.GetRequiredService(type) is DbContext db
            && db.GetService<IAsyncQueryProvider>() == root.QueryProvider ? db : null;
    }

    private static Type? Owner(IServiceProvider services, IModel model) =>
        services.GetServices<ContextType>().FirstOrDefault(known => ((DbContext)services.GetRequiredService(known.Type)).Model == model)?.Type;

    private static InvalidOperationException Keyless() =>
        new($"{typeof(TEntity).Name} has no primary key to page by: page rows of an entity type, and choose the response with select.");
}
