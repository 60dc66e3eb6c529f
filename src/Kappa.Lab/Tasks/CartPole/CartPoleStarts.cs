namespace Kappa.Lab.Tasks.CartPole;

/// <summary>Rollouts of the expert that it completed.</summary>
/// <param name="Expert">The rollouts.</param>
/// <param name="Drawn">How many starts were drawn to find them; what it failed was drawn anew.</param>
internal sealed record CartPoleStarts(CartPoleDemonstration[] Expert, int Drawn)
{
    /// <summary>How many were drawn anew.</summary>
    internal int DrawnAnew => Drawn - Expert.Length;

    /// <summary>What an eye saw, and what was done.</summary>
    internal DemonstrationSet SeenBy(CartPoleEye eye)
    {
        int steps = Expert[0].Actions.Length;
        float[] seen = new float[Expert.Length * steps * eye.Size];
        _ = Parallel.For(0, Expert.Length * steps, row =>
            eye.Look(Expert[row / steps].Rollout.States[row % steps], seen.AsSpan(row * eye.Size, eye.Size)));
        return new DemonstrationSet(seen, [.. Expert.SelectMany(one => one.Actions)], eye.Size, 1, Expert.Length);
    }
}
