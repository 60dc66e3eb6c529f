using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Memory;

namespace Kappa.Tensors;

/// <summary>A dense, contiguous, row-major array of numbers that records how it was computed, so that gradients can flow back.</summary>
/// <remarks>
/// Operations make new tensors; only members named <c>...InPlace</c> write to an existing one. There are no strided views:
/// a transpose is a flag of <see cref="MatMul"/> or a copy.
/// </remarks>
[DebuggerDisplay("{Description,nq}")]
public sealed partial class Tensor : IDisposable
{
    private TensorStorage? _storage;
    private int _start;
    private TensorScope? _scope;

    internal Tensor(TensorStorage storage, Shape shape, DataType type, long start = 0)
    {
        Debug.Assert(start >= 0 && start + ((long)shape.Count * type.SizeOf()) <= storage.Length, "a tensor reaches out of its block");
        _storage = storage;
        _start = (int)start;
        Shape = shape;
        DataType = type;
        Device = storage.Device;
        _scope = TensorScope.Current;
        _scope?.Add(this);
    }

    /// <summary>The lengths of the axes, outermost first.</summary>
    public Shape Shape { get; }

    /// <summary>The type of the elements.</summary>
    public DataType DataType { get; }

    /// <summary>The number of elements.</summary>
    public int Count => Shape.Count;

    /// <summary>The number of axes.</summary>
    public int Rank => Shape.Rank;

    /// <summary>Whether the memory was given back, because a scope ended or <see cref="Dispose"/> was called.</summary>
    public bool IsReleased => _storage is null;

    /// <summary>What errors call this tensor, such as a parameter's path; null when it has no name.</summary>
    public string? Name { get; set; }

    /// <summary>Where the elements are, or were until their memory was given back.</summary>
    public Device Device { get; private set; }

    internal TensorStorage Storage => _storage ?? throw Released();

    /// <summary>The kernels of the tensor's device.</summary>
    internal Backend Backend => Device.Backend;

    /// <summary>Where in its block the tensor begins, in bytes.</summary>
    internal int StartByte => _start;

    /// <summary>Lets this tensor outlive the scope it was made in.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Keep()
    {
        _ = Storage;
        _scope = null;
        return this;
    }

    /// <summary>Gives the memory back now rather than at the end of the scope. Using the tensor afterwards throws.</summary>
    public void Dispose()
    {
        var storage = _storage;
        _storage = null;
        _scope = null;
        storage?.Release();
    }

    /// <summary>Shape and element type, such as <c>Tensor[128, 784] Float32</c>, and below them the values as NumPy writes them; a scalar shows its value in
    /// one line.</summary>
    /// <remarks>
    /// Of more than 1000 elements the first three and the last three along each axis are shown (the first and the last where there are more than four axes),
    /// and only these are read. Numbers have up to 8 digits behind the point, and an exponent where they range from below 1e-4, to 1e8 or more, or over more
    /// than three orders of magnitude. The culture is the invariant one.
    /// </remarks>
    public override string ToString() => IsReleased || Rank == 0 ? Description : $"{Description}\n{TensorText.Of(this)}";

    /// <summary>Shape and element type; a scalar shows its value.</summary>
    internal string Description => IsReleased ? $"Tensor{Shape} {DataType} (released)"
        : Rank > 0 ? $"Tensor{Shape} {DataType}"
        : string.Create(CultureInfo.InvariantCulture, $"Tensor {DataType} {ElementAsDouble(0):G9}");

    internal void ReleaseFrom(TensorScope scope)
    {
        if (_scope == scope)
            Dispose();
    }

    /// <summary>Moves the values to a device. Whoever holds this tensor goes on holding it; its gradient moves along.</summary>
    internal void Relocate(Device device)
    {
        var before = Storage;
        if (before.Device == device)
            return;
        CompleteGradient();
        using var outside = TensorScope.Suspend();
        var moved = To(device);
        (_storage, _start, Device) = (moved._storage, moved._start, device);
        moved._storage = null;
        before.Release();
        if (_gradient is { IsReleased: false })
            _gradient.Relocate(device);
    }

    /// <summary>Another tensor object over the same memory, with the same number of elements. Not recorded.</summary>
    internal Tensor Alias(Shape shape)
    {
        var storage = Storage;
        storage.AddReference();
        return new Tensor(storage, shape, DataType, _start);
    }

    /// <summary>Another tensor object over one entry of the first axis. Not recorded.</summary>
    internal Tensor Entry(int index)
    {
        var shape = Shape.Without(0);
        var storage = Storage;
        storage.AddReference();
        return new Tensor(storage, shape, DataType, _start + ((long)index * shape.Count * DataType.SizeOf()));
    }

    /// <summary>Another tensor object over a range of the first axis. Not recorded.</summary>
    internal Tensor Range(int start, int length)
    {
        var shape = Shape.With(0, length);
        var storage = Storage;
        storage.AddReference();
        return new Tensor(storage, shape, DataType, _start + ((long)start * Shape.Without(0).Count * DataType.SizeOf()));
    }

    internal bool IsIn(TensorScope scope) => _scope == scope;

    /// <summary>Hands this tensor over to another scope, or to none.</summary>
    internal Tensor MoveTo(TensorScope? scope)
    {
        _scope = scope;
        scope?.Add(this);
        return this;
    }

    /// <summary>The first element. Who writes through it says so first, by <see cref="MarkChanged"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe T* Pointer<T>()
        where T : unmanaged
    {
        Debug.Assert(typeof(T) == typeof(byte) || sizeof(T) == DataType.SizeOf(), "the elements are read as another type");
        byte* memory = Storage.Pointer;
        if (memory == null)
            throw NotOnHost();
        return (T*)(memory + _start);
    }

    /// <summary>The values are about to be written: whoever saved them sees it.</summary>
    internal void MarkChanged() => Storage.MarkChanged();

    private InvalidOperationException NotOnHost() => new(
        $"{Name ?? "the tensor"} {Shape} {DataType} is on the device {Device}, and elements are read and written on the host alone. "
        + "Copy it there with tensor.To(Device.Cpu)");

    private ObjectDisposedException Released() => new(
        $"Tensor{Shape}",
        "its memory was given back: the TensorScope it was made in has ended, or it was disposed. Call Keep() on a tensor that is to outlive its scope.");
}
