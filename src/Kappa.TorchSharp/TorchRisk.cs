using Kappa.Curvature.Operators;
using Kappa.TorchSharp.Differentiating;
using Kappa.TorchSharp.Sharing;
using TorchSharp;
using Parameter = Kappa.Networks.Parameter;

namespace Kappa.TorchSharp;

/// <summary>The mean loss of a TorchSharp model over samples, for Kappa's curvature operators, solvers and criteria.</summary>
/// <remarks>
/// <code>
/// model.eval();
/// var risk = TorchRisk.Of(model, (output, labels) => torch.nn.functional.cross_entropy(output, labels), inputs, labels);
/// var top = Lanczos.Solve(new HessianOperator(risk), count: 10);
/// var criteria = CurvatureProbe.Run(risk);
/// </code>
/// <para>Derivatives are libtorch's: a Hessian product is double backward, one pass for each vector, and a Gauss-Newton product three backward passes. The loss
/// has to have second derivatives: the fused attention of libtorch has none on a processor, so write it out. Nothing is held between products.</para>
/// <para>Operators hold parameters and data to what they were when they were made, by a checksum of their contents.</para>
/// </remarks>
public static class TorchRisk
{
    /// <summary>The risk of a model of one input.</summary>
    /// <param name="model">From inputs to outputs; usually in evaluation mode.</param>
    /// <param name="loss">From outputs and targets of some samples to the mean of their losses, a scalar.</param>
    /// <param name="inputs"><c>[samples, ...]</c>.</param>
    /// <param name="targets"><c>[samples, ...]</c>.</param>
    /// <param name="options">Batch size and which parameters; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model has no parameter that is trained; or inputs and targets differ in their number.</exception>
    public static EmpiricalRisk Of(
        torch.nn.Module<torch.Tensor, torch.Tensor> model, Func<torch.Tensor, torch.Tensor, torch.Tensor> loss, torch.Tensor inputs, torch.Tensor targets,
        RiskOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Of(model.call, loss, model.named_parameters(), inputs, targets, options);
    }

    /// <summary>The risk of any function of inputs, such as a model of several arguments.</summary>
    /// <param name="output">From inputs of some samples to outputs.</param>
    /// <param name="loss">From outputs and targets of some samples to the mean of their losses, a scalar.</param>
    /// <param name="parameters">What to differentiate with respect to, such as <c>model.named_parameters()</c>; frozen ones are left out.</param>
    /// <param name="inputs"><c>[samples, ...]</c>.</param>
    /// <param name="targets"><c>[samples, ...]</c>.</param>
    /// <param name="options">Batch size and which parameters; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter that is trained; or inputs and targets differ in their number.</exception>
    public static EmpiricalRisk Of(
        Func<torch.Tensor, torch.Tensor> output, Func<torch.Tensor, torch.Tensor, torch.Tensor> loss,
        IEnumerable<(string name, global::TorchSharp.Modules.Parameter parameter)> parameters, torch.Tensor inputs, torch.Tensor targets,
        RiskOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        if (inputs.dim() == 0 || targets.dim() == 0 || inputs.shape[0] != targets.shape[0] || inputs.shape[0] == 0)
        {
            throw new ArgumentException(
                $"inputs and targets must have one first axis, that of the samples; got [{string.Join(", ", inputs.shape)}] and "
                + $"[{string.Join(", ", targets.shape)}]", nameof(targets));
        }

        SharedParameter[] shared = [.. parameters.Where(entry => entry.parameter.requires_grad).DistinctBy(entry => TensorIdentity.Of(entry.parameter))
            .Select(entry => new SharedParameter(entry.name, entry.parameter))];
        if (shared.Length == 0)
            throw new ArgumentException("expected one parameter or more that is trained; got none", nameof(parameters));
        // libtorch writes without a word: contents are compared, not versions.
        foreach (var parameter in shared)
            parameter.Ours.Storage.Expose();
        var (x, y) = (Whole(inputs), Whole(targets));
        var samples = new SampleSource(
            checked((int)x.shape[0]), (first, count) => (SharedMemory.Of(x.narrow(0, first, count)), SharedMemory.Of(y.narrow(0, first, count))));
        var theirs = shared.ToDictionary(parameter => parameter.Ours, parameter => parameter.Theirs);
        return new EmpiricalRisk(
            [.. shared.Select(parameter => new Parameter(parameter.Name, parameter.Ours))], samples, options, Notes,
            leaves => new TorchDerivatives(
                (first, count) => output(x.narrow(0, first, count)), (at, first, count) => loss(at, y.narrow(0, first, count)),
                [.. leaves.Select(leaf => theirs[leaf])], leaves));
    }

    private static IReadOnlyList<string> Notes { get; } =
    [
        "of activations that are piecewise linear, as ReLU, the Hessian is that of the piece the point lies in; the kinks between pieces add nothing to it",
    ];

    private static torch.Tensor Whole(torch.Tensor tensor)
    {
        using var quiet = torch.no_grad();
        return tensor.detach().contiguous().DetachFromDisposeScope();
    }
}
