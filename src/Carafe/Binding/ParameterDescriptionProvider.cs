using System.Reflection;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Infrastructure;

namespace Carafe.Binding;

/// <summary>
/// Lets the platform's document describe an <c>[AsParameters]</c> record with attributes on its constructor: it asks for them by type and gets an array
/// of another, which it casts (InvalidCastException, .NET 10.0).
/// </summary>
internal sealed class ParameterDescriptionProvider : IApiDescriptionProvider
{
    // After the platform's own, which is at -1100.
    public int Order => -1000;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
        foreach (var parameter in context.Results.SelectMany(result => result.ParameterDescriptions))
        {
            if (parameter.ParameterDescriptor is IParameterInfoParameterDescriptor { ParameterInfo: { Member: PropertyInfo } info })
            {
                parameter.ParameterDescriptor = new Descriptor(new MemberParameter(info), parameter.ParameterDescriptor);
            }
        }
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
    }

    private sealed class Descriptor : ParameterDescriptor, IParameterInfoParameterDescriptor
    {
        public Descriptor(ParameterInfo info, ParameterDescriptor original) =>
            (ParameterInfo, Name, ParameterType, BindingInfo) = (info, original.Name, original.ParameterType, original.BindingInfo);

        public ParameterInfo ParameterInfo { get; }
    }

    private sealed class MemberParameter : ParameterInfo
    {
        private readonly ParameterInfo _info;

        public MemberParameter(ParameterInfo info)
        {
            _info = info;
            (NameImpl, ClassImpl, MemberImpl, AttrsImpl, PositionImpl) = (info.Name, info.ParameterType, info.Member, info.Attributes, info.Position);
        }

        public override bool HasDefaultValue => _info.HasDefaultValue;

        public override object? DefaultValue => _info.DefaultValue;

        public override object? RawDefaultValue => _info.RawDefaultValue;

        public override object[] GetCustomAttributes(bool inherit) => _info.GetCustomAttributes(inherit);

        public override object[] GetCustomAttributes(Type attributeType, bool inherit)
        {
            var found = _info.GetCustomAttributes(inherit).Where(attributeType.IsInstanceOfType).ToArray();
            var typed = (object[])Array.CreateInstance(attributeType, found.Length);
            found.CopyTo(typed, 0);
            return typed;
        }

        public override bool IsDefined(Type attributeType, bool inherit) => _info.IsDefined(attributeType, inherit);

        public override IList<CustomAttributeData> GetCustomAttributesData() => _info.GetCustomAttributesData();
    }
}
