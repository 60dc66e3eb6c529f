namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>Copies in double precision of what an operation reads and writes, and the way back.</summary>
internal sealed unsafe class WideCopies : IDisposable
{
    private readonly List<Tensor> _copies = [];
    private readonly List<(Tensor Narrow, Tensor Wide, bool Adds)> _results = [];

    /// <summary>A copy to read.</summary>
    internal double* Of(Tensor? tensor) => tensor is null ? null : Kept(tensor.To(DataType.Float64)).Pointer<double>();

    /// <summary>Room to write a result to.</summary>
    internal double* Written(Tensor tensor) => Result(tensor, adds: false);

    /// <summary>Room, of zeros, to add to, whose sum is added to the result.</summary>
    internal double* Added(Tensor? tensor) => tensor is null ? null : Result(tensor, adds: true);

    /// <summary>Rounds the results to where they belong.</summary>
    internal void WriteBack()
    {
        foreach (var (narrow, wide, adds) in _results)
        {
            float* to = narrow.Pointer<float>();
            double* from = wide.Pointer<double>();
            for (int i = 0; i < narrow.Count; i++)
                to[i] = (float)(adds ? to[i] + from[i] : from[i]);
        }
    }

    public void Dispose()
    {
        foreach (var copy in _copies)
            copy.Dispose();
    }

    private double* Result(Tensor tensor, bool adds)
    {
        var wide = Kept(Tensor.Zeros(tensor.Shape, DataType.Float64));
        _results.Add((tensor, wide, adds));
        return wide.Pointer<double>();
    }

    private Tensor Kept(Tensor copy)
    {
        _copies.Add(copy);
        return copy;
    }
}
