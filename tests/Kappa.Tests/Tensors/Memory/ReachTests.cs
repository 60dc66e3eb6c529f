#if DEBUG
using Kappa.Tensors;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Memory;

namespace Kappa.Tests.Tensors.Memory;

/// <summary>What debug builds find: kernels that reach out of what they were given.</summary>
public sealed class ReachTests
{
    public static TheoryData<string, Action> Reaches => new()
    {
        { "an operand that is too short", () => Device.Cpu.Backend.Affine(Tensor.Ones([3]), 1, 0, Tensor.Ones([5])) },
        { "a result that is too short", () => Device.Cpu.Backend.Sum(Tensor.Ones([12]), 3, 4, 1, 1, Tensor.Ones([2]), accumulate: false) },
        { "an operand that does not broadcast", () => Device.Cpu.Backend.Binary(BinaryKernel.Add, Tensor.Ones([3, 4]), Tensor.Ones([4]), Tensor.Ones([4])) },
        { "a block behind the end", () => Device.Cpu.Backend.CopyBlock(Tensor.Ones([4]), 0, 2, Tensor.Ones([4]), 1, 2, 2, 2) },
        { "a row that is not there", () => Device.Cpu.Backend.GatherRows(Tensor.Ones([2, 3]), Tensor.From(2), 3, Tensor.Ones([3])) },
        { "an entry that is not there", () => Tensor.Ones([2, 3]).Entry(2) },
        { "an entry far away", () => Tensor.Ones([1, 1 << 20]).Entry(1 << 12) },
        { "a range behind the end", () => Tensor.Ones([4, 3]).Range(2, 3) },
        { "a view that is too long", () => Tensor.Ones([4]).Alias([5]) },
        { "elements read as another type", Retype },
        { "a write behind a tensor", () => Overwrite(Tensor.Ones([5])) },
        { "a write behind a tensor that fills its block", () => Overwrite(Tensor.Ones([16])) },
        { "a write behind scratch", OverwriteScratch },
        { "a write behind a workspace", OverwriteWorkspace },
    };

    [Theory]
    [MemberData(nameof(Reaches))]
    public void A_reach_out_of_memory_is_found(string what, Action action)
    {
        // On a thread of its own, whose workspace no other test uses.
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(action));
        thread.Start();
        thread.Join();
        Assert.True(error is not null, what);
        Assert.Contains("Assert", error.GetType().Name, StringComparison.Ordinal);
    }

    private static unsafe void Retype() => _ = Tensor.Ones([2], DataType.Float64).Pointer<float>()[0];

    private static unsafe void Overwrite(Tensor tensor)
    {
        tensor.Pointer<float>()[tensor.Count] = 1;
        tensor.Dispose();
    }

    private static void OverwriteScratch()
    {
        using var scratch = Scratch<float>.Rent(7);
        System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref scratch.Span[0], 8)[7] = 1;
    }

    private static unsafe void OverwriteWorkspace()
    {
        Workspace.Rent<float>(Workspace.Purpose.Row, 9)[9] = 1;
        _ = Workspace.Rent<float>(Workspace.Purpose.Row, 9);
    }
}
#endif
