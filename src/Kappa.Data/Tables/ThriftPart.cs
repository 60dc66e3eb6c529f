namespace Kappa.Data.Tables;

/// <summary>What a part of a structure in Thrift's compact protocol is: its kind, and what it is made of.</summary>
/// <param name="Kind">How it is written.</param>
internal sealed record ThriftPart(ThriftKind Kind)
{
    internal static readonly ThriftPart Truth = new(ThriftKind.True);
    internal static readonly ThriftPart Tiny = new(ThriftKind.Byte);
    internal static readonly ThriftPart Short = new(ThriftKind.Int16);
    internal static readonly ThriftPart Number = new(ThriftKind.Int32);
    internal static readonly ThriftPart Long = new(ThriftKind.Int64);
    internal static readonly ThriftPart Real = new(ThriftKind.Double);
    internal static readonly ThriftPart Binary = new(ThriftKind.Binary);
    internal static readonly ThriftPart Empty = new(ThriftKind.Struct);

    /// <summary>What each element of a list is.</summary>
    internal ThriftPart? Element { get; private init; }

    /// <summary>The fields of a struct by their identifiers, from 1; null at one that is not known.</summary>
    internal IReadOnlyList<ThriftPart?> Fields { get; private init; } = [];

    internal static ThriftPart List(ThriftPart element) => new(ThriftKind.List) { Element = element };

    internal static ThriftPart Struct(params ThriftPart?[] fields) => new(ThriftKind.Struct) { Fields = fields };
}
