using Kappa.Diagnostics;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Tensors;
using Kappa.TorchSharp.Differentiating;
using Kappa.TorchSharp.Sharing;
using TorchSharp;

namespace Kappa.TorchSharp;

/// <summary>How well a TorchSharp model is conditioned: singular values of its weights, dormant units, the spectrum of its Jacobian.</summary>
/// <remarks>It changes nothing. On the host the mathematics is Kappa's own, over libtorch's memory; a model is run by TorchSharp.</remarks>
public static class TorchDiagnostics
{
    /// <summary>All singular values of each weight with two axes or more, a convolution's counted as <c>[out, rest]</c>.</summary>
    /// <param name="model">The model.</param>
    /// <returns>By the parameter's name.</returns>
    /// <exception cref="NonFiniteException">A weight is NaN or infinite.</exception>
    /// <remarks>n^2 m + 4/3 n^3 flops for a weight with the smaller side n.</remarks>
    public static IReadOnlyDictionary<string, SingularSpectrum> Weights(torch.nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var result = new Dictionary<string, SingularSpectrum>();
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (parameter.dim() < 2 || parameter.numel() == 0)
                continue;
            using var scope = TensorScope.Begin();
            using var detached = parameter.detach();
            result[name] = MatrixSpectrum.Of(SharedMemory.OfContiguous(detached));
        }

        return result;
    }

    /// <summary>The units of each activation and how much they do, in one forward pass.</summary>
    /// <param name="model">The model; in evaluation mode, unless dropout and batch statistics are to count. Activations are modules that are called by
    /// <c>call</c>.</param>
    /// <param name="inputs"><c>[n, ...]</c>.</param>
    /// <returns>One for each use of a ReLU, LeakyReLU, PReLU, GELU, SiLU, ELU, Tanh, Sigmoid or Softplus, in the order of the forward pass.</returns>
    /// <exception cref="ArgumentException">There is no input.</exception>
    /// <exception cref="NonFiniteException">An activation is NaN or infinite.</exception>
    public static IReadOnlyList<UnitActivity> Units(torch.nn.Module<torch.Tensor, torch.Tensor> model, torch.Tensor inputs)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.numel() == 0)
            throw new ArgumentException($"expected one example or more to judge units on; got [{string.Join(", ", inputs.shape)}]", nameof(inputs));
        var found = new List<UnitActivity>();
        var removers = new List<Action>();
        try
        {
            foreach (var (path, module) in model.named_modules().Append(("", model)))
            {
                if (!IsActivation(module) || module is not torch.nn.Module<torch.Tensor, torch.Tensor> activation)
                    continue;
                removers.Add(activation.register_forward_hook((_, _, output) =>
                {
                    using var scope = TensorScope.Begin();
                    using var detached = output.detach();
                    found.Add(DormantUnits.Of(path, SharedMemory.OfContiguous(detached)));
                    return output;
                }).remove);
            }

            using var native = torch.NewDisposeScope();
            using var quiet = torch.no_grad();
            _ = model.call(inputs);
        }
        finally
        {
            foreach (var remove in removers)
                remove();
        }

        return found;
    }

    /// <summary>All singular values of the Jacobian at one input.</summary>
    /// <param name="function">Such as <c>model.call</c>, in evaluation mode.</param>
    /// <param name="input">One input, with its batch axis of 1.</param>
    /// <exception cref="ArgumentException">The Jacobian has more than <see cref="JacobianSpectrum.DenseLimit"/> rows and columns: use
    /// <see cref="JacobianExtremes"/>.</exception>
    /// <remarks>One backward pass for each output, or one double one for each input where these are fewer.</remarks>
    public static SingularSpectrum Jacobian(Func<torch.Tensor, torch.Tensor> function, torch.Tensor input)
    {
        using var scope = TensorScope.Begin();
        using var jacobian = new TorchJacobian(function, input);
        bool byRows = jacobian.Rows <= jacobian.Columns;
        int count = Math.Min(jacobian.Rows, jacobian.Columns);
        if (count > JacobianSpectrum.DenseLimit)
        {
            throw new ArgumentException(
                $"the Jacobian is {jacobian.Rows} x {jacobian.Columns}; a dense one takes at most {JacobianSpectrum.DenseLimit} rows or columns. Use "
                + "TorchDiagnostics.JacobianExtremes, which takes products alone", nameof(input));
        }

        var identity = Tensor.Zeros([count, count], jacobian.DataType);
        identity.Backend.AddToDiagonal(identity, 1);
        return MatrixSpectrum.Of(byRows ? jacobian.AdjointMatMat(identity) : jacobian.MatMat(identity));
    }

    /// <summary>The largest and the smallest singular value of the Jacobian at one input, by products alone.</summary>
    /// <param name="function">Such as <c>model.call</c>, in evaluation mode.</param>
    /// <param name="input">One input, with its batch axis of 1.</param>
    /// <param name="options">How far to go; null for the defaults.</param>
    public static ExtremeSingularValues JacobianExtremes(
        Func<torch.Tensor, torch.Tensor> function, torch.Tensor input, GolubKahanOptions? options = null)
    {
        using var jacobian = new TorchJacobian(function, input);
        return GolubKahan.Solve(jacobian, options);
    }

    private static bool IsActivation(torch.nn.Module module) => module is global::TorchSharp.Modules.ReLU or global::TorchSharp.Modules.LeakyReLU
        or global::TorchSharp.Modules.PReLU or global::TorchSharp.Modules.GELU or global::TorchSharp.Modules.SiLU or global::TorchSharp.Modules.ELU
        or global::TorchSharp.Modules.Tanh or global::TorchSharp.Modules.Sigmoid or global::TorchSharp.Modules.Softplus;
}
