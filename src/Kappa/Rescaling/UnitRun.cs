namespace Kappa.Rescaling;

/// <summary>The units from one up to, not including, another, and the blocks that enter and leave them.</summary>
internal sealed record UnitRun(int From, int To, UnitBlock[] Entering, UnitBlock[] Leaving)
{
    /// <summary>Fills in the sums of g u_leave over what enters each unit, and of g / u_enter over what leaves it.</summary>
    internal void Sums(double[] u, double[] inverse, double[] incoming, double[] outgoing)
    {
        Array.Clear(incoming, From, To - From);
        Array.Clear(outgoing, From, To - From);
        foreach (var block in Entering)
            block.AddIncoming(From, To, u, incoming);
        foreach (var block in Leaving)
            block.AddOutgoing(From, To, inverse, outgoing);
    }
}
