using System.Reflection;
using System.Text.Json;

namespace Carafe.Tasks.Definitions;

/// <summary>Calls a handler with its task, its context, a cancellation token, and services of the scope.</summary>
internal sealed class TaskHandler
{
    private readonly Delegate _handler;
    private readonly ParameterInfo[] _parameters;
    private readonly Type _task;
    private readonly PropertyInfo? _result;
    private readonly bool _isValueTask;

    public TaskHandler(TaskDefinition definition)
    {
        _handler = definition.Handler;
        _parameters = _handler.Method.GetParameters();
        _task = definition.Type;
        var returns = _handler.Method.ReturnType;
        _isValueTask = returns == typeof(ValueTask);
        _result = returns.IsGenericType && returns.GetGenericTypeDefinition() == typeof(Task<>) ? returns.GetProperty(nameof(Task<int>.Result)) : null;
    }

    public static IEnumerable<string> Errors(TaskDefinition definition, IServiceProviderIsService services)
    {
        var method = definition.Handler.Method;
        var returns = method.ReturnType;
        if (returns != typeof(Task) && returns != typeof(ValueTask) && !(returns.IsGenericType && returns.GetGenericTypeDefinition() == typeof(Task<>)))
        {
            yield return $"The handler of task '{definition.Name}' must return Task, Task<TResult> or ValueTask, and not {returns.Name}.";
        }

        if (method.GetParameters().All(parameter => parameter.ParameterType != definition.Type))
        {
            yield return $"The handler of task '{definition.Name}' has no parameter of type {definition.Type.Name}.";
        }

        foreach (var parameter in method.GetParameters().Where(parameter => !IsOwn(parameter, definition.Type)
            && !services.IsService(parameter.ParameterType) && !parameter.HasDefaultValue))
        {
            yield return $"The handler of task '{definition.Name}' takes {parameter.ParameterType.Name} {parameter.Name}, which is no service of the app.";
        }
    }

    /// <summary>Runs it and returns its result as JSON, or null when it has none.</summary>
    public async Task<string?> RunAsync(object task, TaskContext context, IServiceProvider services, CancellationToken cancellationToken)
    {
        var arguments = new object?[_parameters.Length];
        for (var at = 0; at < arguments.Length; at++)
        {
            var type = _parameters[at].ParameterType;
            arguments[at] = type == _task ? task
                : type == typeof(TaskContext) ? context
                : type == typeof(CancellationToken) ? cancellationToken
                : services.GetService(type) ?? _parameters[at].DefaultValue;
        }

        var returned = _handler.Method.Invoke(_handler.Target, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        if (_isValueTask)
        {
            await (ValueTask)returned!;
            return null;
        }

        await (Task)returned!;
        var result = _result?.GetValue(returned);
        return result is null ? null : JsonSerializer.Serialize(result, result.GetType(), TaskJson.Options);
    }

    private static bool IsOwn(ParameterInfo parameter, Type task) =>
        parameter.ParameterType == task || parameter.ParameterType == typeof(TaskContext) || parameter.ParameterType == typeof(CancellationToken);
}
