import { testListing } from '../support/world/object-listing.ts'
import { useWorld } from '../support/world/use-world.ts'

testListing(useWorld(), 1030)
