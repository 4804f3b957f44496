import { testNewestWins } from '../support/world/concurrent-changes.ts'
import { useWorld } from '../support/world/use-world.ts'

testNewestWins(useWorld(), 200)
