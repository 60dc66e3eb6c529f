using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Kappa.Tensors.Cpu.Threads;

/// <summary>
/// The scratch memory of one thread: one aligned native buffer for each purpose, which grows to the largest size asked for and is
/// given back when the thread has ended and the collector finds it. In debug builds a pattern stands behind what was asked for, and is looked at when the
/// buffer is next asked for.
/// </summary>
internal sealed unsafe class Workspace
{
    private const int GuardBytes = 64;

    private const byte Guard = 0xA5;

    [ThreadStatic]
    private static Workspace? _current;

    private readonly nint[] _buffers = new nint[9];
    private readonly nuint[] _sizes = new nuint[9];
    private readonly nuint[] _lengths = new nuint[9];

    ~Workspace()
    {
        foreach (nint buffer in _buffers)
            NativeMemory.AlignedFree((void*)buffer);
    }

    /// <summary>What a buffer is for. Two uses that are alive together on one thread need two purposes.</summary>
    internal enum Purpose
    {
        /// <summary>The packed right operand, made by the calling thread and read by all.</summary>
        SharedPanels,

        /// <summary>The packed left operand of one chunk.</summary>
        LeftPanels,

        /// <summary>The columns that one chunk of a triangular solve works on.</summary>
        Strip,

        /// <summary>The transpose of a result.</summary>
        Transposed,

        /// <summary>The probabilities of one block of attention, and what is computed from them.</summary>
        Attention,

        /// <summary>One row of elementwise work.</summary>
        Row,

        /// <summary>The images and patches that one chunk of a convolution works on.</summary>
        Convolution,

        /// <summary>The reordered weights of a convolution, made by the calling thread and read by all.</summary>
        ConvolutionWeights,

        /// <summary>Sums of columns in double precision.</summary>
        Sums,
    }

    /// <summary>A buffer of this thread, 64-byte aligned, with undefined contents, valid until the next call for the same purpose.</summary>
    internal static T* Rent<T>(Purpose purpose, long elements)
        where T : unmanaged
    {
        var current = _current ??= new Workspace();
        nuint bytes = (nuint)elements * (nuint)sizeof(T);
        current.CheckGuard((int)purpose);
        if (current._sizes[(int)purpose] < bytes)
            current.Grow((int)purpose, bytes);
        current.PutGuard((int)purpose, bytes);
        return (T*)current._buffers[(int)purpose];
    }

    [Conditional("DEBUG")]
    private void CheckGuard(int purpose) =>
        Debug.Assert(
            _sizes[purpose] == 0 || !GuardSpan(purpose).ContainsAnyExcept(Guard),
            $"something wrote behind the {_lengths[purpose]} bytes of the buffer for {(Purpose)purpose}");

    [Conditional("DEBUG")]
    private void PutGuard(int purpose, nuint bytes)
    {
        _lengths[purpose] = bytes;
        if (_sizes[purpose] != 0)
            GuardSpan(purpose).Fill(Guard);
    }

    private Span<byte> GuardSpan(int purpose) => new((byte*)_buffers[purpose] + _lengths[purpose], GuardBytes);

    private void Grow(int purpose, nuint bytes)
    {
        NativeMemory.AlignedFree((void*)_buffers[purpose]);
        _buffers[purpose] = 0;
        _sizes[purpose] = 0;
        // Room to grow, so that a run of slightly larger shapes does not allocate each time.
        nuint size = (bytes + (bytes / 4) + 4095) & ~(nuint)4095;
        _buffers[purpose] = (nint)NativeMemory.AlignedAlloc(size + GuardBytes, 4096);
        _sizes[purpose] = size;
    }
}
