using Kappa.Onnx.Values;

namespace Kappa.Onnx.Operators;

/// <summary>Sums, means and extremes along axes.</summary>
internal static class Reductions
{
    private const int AxesAreAnInput = 18;

    internal static void AddTo(Dictionary<string, Func<NodeReader, Operator>> all)
    {
        Reduce("ReduceMean", (x, axis) => x.Mean(axis, keepAxis: true), AxesAreAnInput);
        Reduce("ReduceSum", (x, axis) => x.Sum(axis, keepAxis: true), 13);
        Reduce("ReduceMax", (x, axis) => x.Max(axis, keepAxis: true), AxesAreAnInput);
        Reduce("ReduceMin", (x, axis) => -(-x).Max(axis, keepAxis: true), AxesAreAnInput);
        Reduce("ReduceSumSquare", (x, axis) => x.Sum(axis, keepAxis: true), AxesAreAnInput, x => x.Square());
        Reduce("ReduceL1", (x, axis) => x.Sum(axis, keepAxis: true), AxesAreAnInput, x => x.Abs());
        Reduce("ReduceL2", (x, axis) => x.Sum(axis, keepAxis: true), AxesAreAnInput, x => x.Square(), x => x.Sqrt());
        all.Add("CumSum", node =>
        {
            _ = node.Takes(2, 2);
            if (node.Flag("exclusive", false) || node.Flag("reverse", false))
                throw node.Fault("its exclusive or reverse is 1; Kappa sums forwards, each element included");
            return call => [new Numbers(call.Tensor(0).Cumsum((int)call.Single(1)))];
        });

        void Reduce(
            string name, Func<Tensor, int, Tensor> reduce, int axesAreAnInput, Func<Tensor, Tensor>? before = null, Func<Tensor, Tensor>? after = null) =>
            all.Add(name, node =>
            {
                bool keep = node.Flag("keepdims", true), nothingIsNothing = node.Flag("noop_with_empty_axes", false);
                int[]? old = node.Opset < axesAreAnInput ? node.Ints("axes") : null;
                _ = node.Takes(1, node.Opset < axesAreAnInput ? 1 : 2);
                return call =>
                {
                    int[]? given = old ?? (call.Has(1) ? call.List(1) : null);
                    var x = call.Tensor(0);
                    if (given is null or [] && nothingIsNothing)
                        return [new Numbers(x)];
                    int[] axes = [.. (given is null or [] ? Enumerable.Range(0, x.Rank) : given.Select(axis => x.Shape.NormalizeAxis(axis, name))).Distinct()];
                    var result = before?.Invoke(x) ?? x;
                    foreach (int axis in axes)
                        result = reduce(result, axis);
                    result = after?.Invoke(result) ?? result;
                    return [new Numbers(keep ? result
                        : result.Reshape([.. Enumerable.Range(0, x.Rank).Where(axis => !axes.Contains(axis)).Select(axis => result.Shape[axis])]))];
                };
            });
    }
}
