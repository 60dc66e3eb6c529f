namespace Kappa.Tensors.Cpu.Vectors;

/// <summary>
/// What the kernels ask of a vector type, so that one source serves every width and element type. Implemented by structs, for which the
/// just-in-time compiler makes a copy of each kernel with every operation in place.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="T">Its element.</typeparam>
internal unsafe interface IVectorLanes<TVector, T>
    where TVector : struct
    where T : unmanaged
{
    /// <summary>Elements in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>A vector of equal elements.</summary>
    static abstract TVector Broadcast(T value);

    /// <summary>Reads a vector, at any alignment.</summary>
    static abstract TVector Load(T* source);

    /// <summary>Writes a vector, at any alignment.</summary>
    static abstract void Store(TVector value, T* destination);

    /// <summary>The mask of the first <paramref name="count"/> elements.</summary>
    static abstract TVector Mask(int count);

    /// <summary>Reads the masked elements and no other memory; the rest is 0.</summary>
    static abstract TVector LoadMasked(T* source, TVector mask);

    /// <summary>Writes the masked elements and no other memory.</summary>
    static abstract void StoreMasked(TVector value, T* destination, TVector mask);

    /// <summary>a b.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a b + c, rounded once where the machine can.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>c - a b, rounded once where the machine can.</summary>
    static abstract TVector NegatedMultiplyAdd(TVector a, TVector b, TVector c);
}
