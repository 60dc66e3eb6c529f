namespace Kappa.Data.Tables;

/// <summary>How a part is written in Thrift's compact protocol; the values are those of the protocol.</summary>
internal enum ThriftKind
{
    Stop, True, False, Byte, Int16, Int32, Int64, Double, Binary, List, Set, Map, Struct, Uuid,
}
