namespace Kappa.Tensors;

/// <summary>Facts about each <see cref="DataType"/>.</summary>
internal static class DataTypes
{
    internal static int SizeOf(this DataType type) => type is DataType.Float64 or DataType.Int64 ? 8 : 4;

    internal static bool IsFloating(this DataType type) => type is DataType.Float32 or DataType.Float64;

    internal static DataType Of<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            return DataType.Float32;
        if (typeof(T) == typeof(double))
            return DataType.Float64;
        if (typeof(T) == typeof(int))
            return DataType.Int32;
        if (typeof(T) == typeof(long))
            return DataType.Int64;
        throw new ArgumentException($"a tensor holds float, double, int or long elements; got {typeof(T).Name}");
    }
}
