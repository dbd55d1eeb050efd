using System.Globalization;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Carafe.Conditional;

/// <summary>Entity tags of versions. A compressed representation has a tag of its own (RFC 9110 section 8.8.3.3), and both mean the same version.</summary>
internal static class EntityTags
{
    public static EntityTagHeaderValue For(int version) => new($"\"{version.ToString(CultureInfo.InvariantCulture)}\"");

    public static EntityTagHeaderValue Encoded(EntityTagHeaderValue tag, StringValues encoding) =>
        encoding.Count == 0 ? tag : new($"{tag.Tag.Subsegment(0, tag.Tag.Length - 1)}-{encoding}\"");

    public static bool Matches(IList<EntityTagHeaderValue> tags, EntityTagHeaderValue current, bool strong) => Match(tags, current, strong) is not null;

    public static EntityTagHeaderValue? Match(IList<EntityTagHeaderValue> tags, EntityTagHeaderValue current, bool strong) =>
        tags.FirstOrDefault(tag => tag.Equals(EntityTagHeaderValue.Any) || (Plain(tag.Tag).Equals(current.Tag, StringComparison.Ordinal) && !(strong && (tag.IsWeak || current.IsWeak))));

    private static StringSegment Plain(StringSegment tag)
    {
        foreach (var coding in new[] { "-br\"", "-gzip\"" })
        {
            if (tag.EndsWith(coding, StringComparison.Ordinal))
            {
                return $"{tag.Subsegment(0, tag.Length - coding.Length)}\"";
            }
        }

        return tag;
    }
}
