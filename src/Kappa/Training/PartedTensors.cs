using System.Runtime.InteropServices;
using Kappa.Pieces;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Training;

/// <summary>Tensors of one type in one stretch of memory that does not move, those of each process together.</summary>
internal sealed class PartedTensors<T>(DataType type)
    where T : unmanaged
{
    private T[] _buffer = [];

    internal delegate void Message(Span<T> values, ReadOnlySpan<int> bounds);

    /// <summary>Copies tensors together, lets a message change them, and takes back those of some processes.</summary>
    /// <param name="tensors">Each with the process that owns it.</param>
    /// <param name="size">How many processes there are.</param>
    /// <param name="message">What is done with the values and the bounds of parts.</param>
    /// <param name="isGiven">Whether the message reads the tensors of a process.</param>
    /// <param name="isTaken">Whether the tensors of a process are taken back.</param>
    internal void Send(
        IEnumerable<(Tensor Tensor, int Owner)> tensors, int size, Message message, Func<int, bool> isGiven, Func<int, bool> isTaken)
    {
        (Tensor Tensor, int Owner)[] own = [.. tensors.Where(pair => pair.Tensor.DataType == type).OrderBy(pair => IProcessGroup.PartOf(pair.Owner, size))];
        int[] bounds = new int[size + 1];
        foreach (var (tensor, owner) in own)
            bounds[IProcessGroup.PartOf(owner, size) + 1] += tensor.Count;
        for (int i = 0; i < size; i++)
            bounds[i + 1] += bounds[i];
        int count = bounds[size], at = 0;
        if (count == 0)
            return;
        if (_buffer.Length < count)
            _buffer = GC.AllocateUninitializedArray<T>(count, pinned: true);
        var values = _buffer.AsSpan(0, count);
        foreach (var (tensor, owner) in own)
        {
            if (isGiven(owner))
                tensor.OnHost().ReadOnlyValues<T>().CopyTo(values[at..]);
            at += tensor.Count;
        }
        message(values, bounds);
        at = 0;
        foreach (var (tensor, owner) in own)
        {
            if (isTaken(owner))
            {
                using var edit = HostEdit.Over(tensor);
                MemoryMarshal.AsBytes(values.Slice(at, tensor.Count)).CopyTo(edit.Bytes);
            }
            at += tensor.Count;
        }
    }
}
