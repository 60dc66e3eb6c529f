using Kappa.Optimizers;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Isometry;

/// <summary>An optimizer with a step beside its own that draws the singular values of weights to one value.</summary>
/// <remarks>
/// <code>
/// W = (what the inner optimizer makes of W) - eta_iso lambda dR/dW        R: see <see cref="GramPenalty"/>
/// </code>
/// <para>The inner optimizer's moments see the gradient of the task only, as AdamW's do with weight decay. The gradient of R is taken at W before the step
/// (<see cref="IsometryOptions.Point"/>). A weight that has no gradient in a step is left alone.</para>
/// <para><b>The step is bounded</b>: with the largest singular value x of W, eta_iso lambda 4 max(x^2, s) is at most 1/2. Then every singular value moves
/// towards sqrt(s) and none passes it, whatever the strength, so that the penalty cannot diverge (stability alone asks for 2). x^2 is bounded by the trace of
/// the Gram matrix and by its row sums, which cost nothing beside the product. What was bounded is reported: <see cref="Matrices"/>,
/// <see cref="IsometryOptions.OnWarning"/>. The coupled variant has no such bound: there the inner optimizer sizes the step.</para>
/// <para>Cost of a step that takes it: see <see cref="GramPenalty"/>, and one sweep over the weights. Memory: a copy of the largest weight and of its Gram
/// matrix, during the step; in the coupled variant a copy of all. No state.
    /// The step is made before the inner optimizer's, which does not see it, except that weight decay, where there is one, shrinks it by eta times the
    /// decay.</para>
/// </remarks>
public abstract class IsometricOptimizer : OptimizerWrapper
{
    private readonly PenalizedMatrix[] _matrices;
    private readonly SgdUpdate[] _work = new SgdUpdate[1];

    private protected IsometricOptimizer(Optimizer inner, IsometryOptions? options)
        : base(inner)
    {
        Isometry = options ?? new IsometryOptions();
        Isometry.Validate();
        _matrices = Select();
    }

    /// <summary>The settings of the penalty.</summary>
    public IsometryOptions Isometry { get; }

    /// <summary>The weights under the penalty, and what was last done with each.</summary>
    public IReadOnlyList<IsometryStatus> Matrices => [.. _matrices.Select(matrix => matrix.Status)];

    /// <inheritdoc/>
    internal override double StepFlops(int parameter)
    {
        var matrix = _matrices.FirstOrDefault(one => one.Index == parameter);
        if (matrix is null)
            return base.StepFlops(parameter);
        double count = Parameters[parameter].Tensor.Count, rows = Parameters[parameter].Tensor.Shape[0];
        return base.StepFlops(parameter) + (4 * count * Math.Min(rows, count / rows));
    }

    /// <inheritdoc/>
    protected internal sealed override void StepCore(OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (step.Index % Isometry.Interval != 0)
        {
            base.StepCore(step);
            return;
        }

        if (Isometry.Variant == IsometryVariant.Coupled)
        {
            using var scope = TensorScope.Begin();
            AddToGradients(step);
            base.StepCore(step);
            return;
        }

        if (Isometry.Point == IsometryPoint.BeforeStep)
            Apply(step);
        base.StepCore(step);
        if (Isometry.Point == IsometryPoint.AfterStep)
            Apply(step);
    }

    /// <summary>Each weight at once, while it is in the cache; the inner optimizer's step does not depend on it but for its weight decay.</summary>
    private void Apply(OptimizerStep step)
    {
        foreach (var matrix in _matrices)
        {
            double rate = Isometry.LearningRate is { } own ? own * step.ScheduleFactor * step.ScaleOf(matrix.Index) : step.LearningRateOf(matrix.Index);
            if (rate == 0 || matrix.Strength == 0 || step.Gradients[matrix.Index] is null)
                continue;
            using var scope = TensorScope.Begin();
            ref var update = ref _work[0];
            update.Value = matrix.Parameter.Tensor;
            (update.Gradient, update.StepSize, double kept) = matrix.Direction(rate);
            if (kept != 1)
                update.Value.Backend.Affine(update.Value, kept, 0, update.Value);
            update.GradientScale = 1;
            update.Value.Backend.Sgd(_work, 1);
            update = default;
        }
    }

    /// <summary>The gradients themselves are left as they are: the inner optimizer gets copies with the penalty's share, which clipping does not
    /// reduce.</summary>
    private void AddToGradients(OptimizerStep step)
    {
        foreach (var matrix in _matrices)
        {
            if (matrix.Strength == 0 || step.Gradients[matrix.Index] is not { } task)
                continue;
            var sum = matrix.Gradient(out double scale);
            sum.Backend.Affine(sum, scale / step.GradientScale, 0, sum);
            sum.Backend.Binary(BinaryKernel.Add, sum, task, sum);
            step.Gradients[matrix.Index] = sum;
        }

        step.Remeasure(Kind);
    }

    private PenalizedMatrix[] Select()
    {
        int[] all = [.. Enumerable.Range(0, Parameters.Count).Where(index => Parameters[index].Tensor.Rank >= 2 && Parameters[index].Tensor.Count > 0)];
        int[] inside = Isometry.IncludeOutput ? all : [.. all.SkipLast(1)];
        int[] chosen = [.. inside.Where(
            index => !Isometry.Exclude.Any(pattern => NamePattern.Matches(pattern, Parameters[index].Name))
            && (Isometry.Where?.Invoke(Parameters[index]) ?? true))];
        if (chosen.Length > 0)
            return [.. chosen.Select(index => new PenalizedMatrix(index, Parameters[index], Isometry))];
        string reason = all.Length == 0 ? "this model has no weight with two axes or more"
            : inside.Length == 0
                ? $"{Parameters[all[0]].Name}, the only weight with two axes or more, is the output head: set IsometryOptions.IncludeOutput to regularise it"
            : $"Exclude and Where leave none of {string.Join(", ", inside.Select(index => Parameters[index].Name))}";
        throw new ArgumentException($"{GetType().Name}: there is no weight to keep isometric; {reason}. Or use {Inner.Kind} alone", "options");
    }
}
